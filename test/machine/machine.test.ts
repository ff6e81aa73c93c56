/**
 * A real Debian 13 machine from its first start on: user data, first contact, the firewall as the world sees it, and a restart.
 * The tests are one story, in this order.
 *
 * The machine is closed in: it reaches nothing and nobody. A site's containers are not started there: an emulator takes most of an
 * hour for them.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PACKAGES } from "../../components/platforms/machine-files.ts";
import { machineProviderOn } from "../../providers/compose/machine.ts";
import { hostsOf } from "../../providers/compose/reach.ts";
import { withSshHost } from "../../providers/compose/ssh-host.ts";
import type { Connection } from "../../providers/compose/ssh-client.ts";
import { prepare } from "../../tools/offline/index.ts";
import { succeed } from "../engine/compose-stack.ts";
import { until } from "../support/system.ts";
import { seedDisc } from "../support/vm/disks.ts";
import { startEmulator, type Emulator } from "../support/vm/emulator.ts";
import { greeting } from "../support/vm/greeting.ts";
import { loopbackAddress, networkArguments, SSH_FROM_WORLD, SSH_PORT, UNLISTED } from "../support/vm/network.ts";
import { USER, userData, type KeyPair } from "./user-data.ts";

/** An emulated machine beside other tests is some twenty times slower than a real one. */
const MINUTES = 60_000;
const PATIENT = 15 * MINUTES;
/** Ports that nobody in the world reaches, and what answers there. */
const CLOSED = [
  [UNLISTED, "open"],
  [SSH_FROM_WORLD, "SSH-2.0"],
] as const;

const loopback = loopbackAddress(process.pid);
let folder: string;
let emulator: Emulator | undefined;
let connection: Connection;
let keys: Readonly<Record<"first" | "host" | "deploy", KeyPair>>;

/** Output of a command on the machine, run as root. */
async function onMachine(...command: readonly string[]): Promise<string> {
  const finished = await withSshHost(connection, PATIENT / 1000, {}, (host) =>
    host.run(command, { timeoutSeconds: 600 }),
  );
  if (finished.code !== 0) throw new Error(`${command.join(" ")}: ${finished.stdout}${finished.stderr}`);
  return finished.stdout;
}

/** What goes wrong on a machine that does not come up is on its console. */
async function withConsole<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(`The end of the machine's console:\n${(await emulator?.console()) ?? ""}`, { cause: error });
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mailkeep-vm-"));
  const { vm } = await prepare({ needs: ["vm"] });
  if (vm === undefined) throw new Error("There is no virtual machine to start.");
  keys = { first: await keyPair("first"), host: await keyPair("host"), deploy: await keyPair("deploy") };
  const seed = await seedDisc(folder, userData(loopback, keys));
  const network = networkArguments(loopback);
  emulator = startEmulator({ image: vm, disks: [seed], network, folder });
  connection = {
    address: loopback,
    port: SSH_PORT,
    user: USER,
    hostKey: keys.host.publicKey,
    identity: keys.deploy.privateKey,
  };
}, 2 * PATIENT);

afterAll(async () => {
  await emulator?.stop();
  await rm(folder, { recursive: true, force: true });
}, MINUTES);

test(
  "the first start follows the user data, and the first contact gives the machine its own host key",
  async () => {
    await withConsole(async () => {
      const machine = {
        machine: "1",
        connection: { ...connection },
        firstContact: { hostKey: keys.first.publicKey, privateKey: keys.host.privateKey },
        packages: [...PACKAGES],
        files: [],
      };
      await until(
        "the machine shows the key of its user data",
        async () => (await greeting(loopback, SSH_PORT)).startsWith("SSH-2.0"),
        PATIENT,
      );
      await machineProviderOn(hostsOf({})).create(machine, { status() {}, info() {}, warn() {} });
    });
    const status = await onMachine("cloud-init", "status", "--long");
    expect(status).toContain("status: done");
    expect(status).toMatch(/^errors: \[\]$/m);
    expect(await onMachine("sh", "-c", "ls /etc/ssh/ssh_host_*")).toBe(
      "/etc/ssh/ssh_host_ed25519_key\n/etc/ssh/ssh_host_ed25519_key.pub\n",
    );
    const first = { ...connection, hostKey: keys.first.publicKey };
    await expect(withSshHost(first, 0, {}, () => Promise.resolve())).rejects.toThrow("another SSH host key");
  },
  2 * PATIENT,
);

test(
  "from the world neither SSH nor a program that listens is reached, and both are without the firewall",
  async () => {
    await onMachine("systemd-run", "--unit=unlisted", "perl", "-e", listener(UNLISTED));
    await onMachine("nft", "delete", "table", "inet", "mailkeep");
    for (const [port, says] of CLOSED) await untilSays(port, says);
    await onMachine("systemctl", "reload", "nftables");
    for (const [port] of CLOSED) expect(await greeting(loopback, port)).toBe("");
    await onMachine("systemctl", "stop", "unlisted");
  },
  2 * PATIENT,
);

test(
  "after a restart the machine has its firewall, and is known by the same key",
  async () => {
    const boot = (): Promise<string> => onMachine("cat", "/proc/sys/kernel/random/boot_id");
    const before = await boot();
    // The connection may go before the command has ended.
    await onMachine("systemctl", "reboot").catch(() => undefined);
    await withConsole(() =>
      until("the machine has started anew", async () => (await boot().catch(() => before)) !== before, PATIENT),
    );
    expect(await greeting(loopback, SSH_FROM_WORLD)).toBe("");
    expect(await onMachine("nft", "list", "table", "inet", "mailkeep")).toContain("chain");
    expect(await onMachine("systemctl", "is-active", "docker")).toBe("active\n");
  },
  2 * PATIENT,
);

/** A program that says a word to everybody who connects. */
function listener(port: number): string {
  return `use IO::Socket::INET; $s = IO::Socket::INET->new(Listen => 5, LocalPort => ${port}, ReuseAddr => 1) or die; while (1) { $c = $s->accept or next; print $c "open\\n"; close $c }`;
}

async function untilSays(port: number, says: string): Promise<void> {
  await until(`port ${port} says ${says}`, async () => (await greeting(loopback, port)).includes(says), PATIENT / 4);
}

async function keyPair(name: string): Promise<KeyPair> {
  const path = join(folder, name);
  await succeed("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path]);
  return { privateKey: await readFile(path, "utf8"), publicKey: (await readFile(`${path}.pub`, "utf8")).trim() };
}
