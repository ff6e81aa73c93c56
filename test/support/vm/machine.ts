/** A Debian machine in the emulator, and commands on it by SSH. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CloudInitArgs } from "../../../components/platforms/cloud-init.ts";
import type { Connection } from "../../../providers/compose/ssh-client.ts";
import { withSshHost } from "../../../providers/compose/ssh-host.ts";
import type { VmImage } from "../../../tools/offline/index.ts";
import { succeed } from "../../engine/compose-stack.ts";
import { until } from "../system.ts";
import { emptyDisk, seedDisc } from "./disks.ts";
import { startEmulator, type Emulator } from "./emulator.ts";
import { greeting } from "./greeting.ts";
import { networkArguments, SSH_PORT } from "./network.ts";

/** An emulated machine beside other tests is some twenty times slower than a real one. */
export const MINUTES = 60_000;
export const PATIENT = 15 * MINUTES;

/** The device of a disk that is empty at first: the third, after the system's and what cloud-init reads. */
export const EMPTY_DISK = "/dev/vdc";

/** Who mailkeep is on the machine. */
export const USER = "mailkeep";

export type KeyPair = CloudInitArgs["firstHostKey"];

export interface MachineArgs {
  readonly image: VmImage;
  /** To work in. */
  readonly folder: string;
  /** Loopback address that leads to it. */
  readonly loopback: string;
  readonly userData: string;
  /** The key that it shows, and the one that opens it. */
  readonly hostKey: string;
  readonly identity: string;
}

export class Machine {
  readonly connection: Connection;
  readonly #emulator: Emulator;

  private constructor(emulator: Emulator, connection: Connection) {
    this.#emulator = emulator;
    this.connection = connection;
  }

  static async start(args: MachineArgs): Promise<Machine> {
    const { image, folder, loopback, hostKey, identity } = args;
    const disks = [await seedDisc(folder, args.userData), await emptyDisk(folder)];
    const emulator = startEmulator({ image, disks, network: networkArguments(loopback), folder });
    return new Machine(emulator, { address: loopback, port: SSH_PORT, user: USER, hostKey, identity });
  }

  /** Waits until it shows a key: then its user data has been read. */
  async untilReached(): Promise<void> {
    const { address } = this.connection;
    const shown = async (): Promise<boolean> => (await greeting(address, SSH_PORT)).startsWith("SSH-2.0");
    await this.withConsole(() => until("the machine shows an SSH host key", shown, PATIENT));
  }

  /** Output of a command there, run as root. */
  async run(...command: readonly string[]): Promise<string> {
    const finished = await withSshHost(this.connection, PATIENT / 1000, {}, (host) =>
      host.run(command, { timeoutSeconds: 600 }),
    );
    if (finished.code !== 0) throw new Error(`${command.join(" ")}: ${finished.stdout}${finished.stderr}`);
    return finished.stdout;
  }

  async restart(): Promise<void> {
    const boot = (): Promise<string> => this.run("cat", "/proc/sys/kernel/random/boot_id");
    const before = await boot();
    // The connection may go before the command has ended.
    await this.run("systemctl", "reboot").catch(() => undefined);
    const anew = async (): Promise<boolean> => (await boot().catch(() => before)) !== before;
    await this.withConsole(() => until("the machine has started anew", anew, PATIENT));
  }

  /** What goes wrong on a machine that does not come up is on its console. */
  async withConsole<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(`${message}\nThe end of the machine's console:\n${await this.#emulator.console()}`, {
        cause: error,
      });
    }
  }

  async stop(): Promise<void> {
    await this.#emulator.stop();
  }
}

/** A pair of SSH keys, made in a folder. */
export async function keyPair(folder: string, name: string): Promise<KeyPair> {
  const path = join(folder, name);
  await succeed("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path]);
  return { privateKey: await readFile(path, "utf8"), publicKey: (await readFile(`${path}.pub`, "utf8")).trim() };
}

/** Perl that says a word to everybody who connects. */
export function listener(port: number): string {
  return `use IO::Socket::INET; $s = IO::Socket::INET->new(Listen => 5, LocalPort => ${port}, ReuseAddr => 1) or die; while (1) { $c = $s->accept or next; print $c "open\\n"; close $c }`;
}
