/**
 * A real Debian 13 machine from its first start on: user data, first contact, a release by SSH, mail, a change in place, the
 * firewall as the world sees it, and a restart. The tests are one story, in this order.
 *
 * The machine is closed in: it reaches nothing and nobody, so it asks no name server and no ACME directory. Mail comes in
 * through a forwarded port, with the empty sender, about whose domain nothing can be asked.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { networkName } from "../../components/release/names.ts";
import { machineProviderOn } from "../../providers/compose/machine.ts";
import { hostsOf } from "../../providers/compose/reach.ts";
import { withSshHost } from "../../providers/compose/ssh-host.ts";
import type { Connection } from "../../providers/compose/ssh-client.ts";
import { PACKAGES } from "../../components/platforms/machine-files.ts";
import { buildImages } from "../../tools/images/index.ts";
import { prepare } from "../../tools/offline/index.ts";
import { findMail, submit, type Access } from "../../tools/site/clients.ts";
import { succeed } from "../engine/compose-stack.ts";
import { pulumiPath } from "../engine/project.ts";
import { mark, message, until } from "../support/system.ts";
import { seedDisc } from "../support/vm/disks.ts";
import { diskWithImages } from "../support/vm/docker-data.ts";
import { startEmulator, type Emulator } from "../support/vm/emulator.ts";
import {
  ADMIN,
  loopbackAddress,
  networkArguments,
  SSH_FROM_WORLD,
  SSH_PORT,
  UNLISTED,
  WORLD,
} from "../support/vm/network.ts";
import { capabilities, greeting, sendMail } from "../support/vm/smtp.ts";
import { ANN, CLIENT_HOSTNAME, HOSTNAME, MachineStack, USER, type KeyPair } from "./stack.ts";

/** An emulated machine beside other tests is some twenty times slower than a real one. */
const MINUTES = 60_000;
const PATIENT = 15 * MINUTES;
/** The image that is not on the machine's disk before: the release carries it there as it would carry all. */
const CARRIED = "postsrsd";
const MAIL_PORTS = [25, 465, 993] as const;

/** Ports that nobody in the world reaches, and what answers there. */
const CLOSED = [
  [UNLISTED.program, "open"],
  [UNLISTED.container, "open"],
  [SSH_FROM_WORLD, "SSH-2.0"],
] as const;
const OTHER_PREFIX = "198.51.100.0/24";

const loopback = loopbackAddress(process.pid);
let folder: string;
let stack: MachineStack;
let emulator: Emulator | undefined;
let connection: Connection;
let access: Access;
let keys: Readonly<Record<"first" | "host", KeyPair>>;

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
  const { vm, pulumi } = await prepare({ needs: ["pulumi", "vm", "docker", "baseImage"] });
  if (vm === undefined || pulumi === undefined) throw new Error("There is no virtual machine to start.");
  keys = { first: await keyPair("first"), host: await keyPair("host") };
  const images = await buildImages();
  stack = await MachineStack.create(pulumiPath() ?? pulumi.path, images, {
    address: loopback,
    hostKey: keys.host.publicKey,
  });
  const deploy = await stack.deployKey();
  const there = stack.images().filter((name) => name !== CARRIED);
  const disk = await diskWithImages(there.flatMap((name) => images[name] ?? []));
  const seed = await seedDisc(folder, stack.userData(deploy.publicKey, keys.first));
  const network = networkArguments(loopback, MAIL_PORTS);
  emulator = startEmulator({ image: vm, disks: [disk, seed], network, folder });
  connection = {
    address: loopback,
    port: SSH_PORT,
    user: USER,
    hostKey: keys.host.publicKey,
    identity: deploy.privateKey,
  };
}, 2 * PATIENT);

afterAll(async () => {
  await emulator?.stop();
  await stack.project.remove();
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
  "`pulumi up` puts the site there, with the image that is missing, and a second one changes nothing",
  async () => {
    expect(await onMachine("docker", "images", "--quiet", `mailkeep/${CARRIED}`)).toBe("");
    await withConsole(() => stack.up());
    expect(await onMachine("docker", "images", "--quiet", `mailkeep/${CARRIED}`)).not.toBe("");
    expect(await stack.up("--expect-no-changes")).toContain("unchanged");
    access = { host: loopback, servername: CLIENT_HOSTNAME, ca: await stack.output("privateCa") };
  },
  3 * PATIENT,
);

test(
  "mail comes in from the world and from a user, and is read by IMAP",
  async () => {
    const [fromWorld, fromUser] = [mark(), mark()];
    await sendMail(loopback, ANN.address, message({ from: "mailer@far.example", to: ANN.address, subject: fromWorld }));
    await submit(access, 465, ANN, { from: ANN.address, to: [ANN.address], subject: fromUser, text: "Good morning." });
    for (const word of [fromWorld, fromUser]) await untilFound(word);
  },
  PATIENT,
);

test(
  "what the machine itself has to say to root reaches a person, by submission with its own account",
  async () => {
    // What public DNS and a public authority are on a real one.
    const trusted = 'echo "$1" >>/etc/hosts; echo "$2" >>/etc/ssl/certs/ca-certificates.crt';
    await onMachine("sh", "-c", trusted, "sh", `${WORLD.machine} ${CLIENT_HOSTNAME}`, await stack.output("privateCa"));
    const word = mark();
    await onMachine("sh", "-c", 'printf "Subject: %s\\n\\nA disk is full.\\n" "$1" | sendmail root', "sh", word);
    await untilFound(word);
    const [found] = await findMail(access, ANN, word);
    expect(found?.source).toContain(`root@${HOSTNAME}`);
  },
  PATIENT,
);

test(
  "a change of the settings is taken in place: no container is made anew, and the firewall is loaded over itself",
  async () => {
    const before = await containers();
    const limits = { messageSizeMiB: 20 };
    const sshFrom = { v4: [`${ADMIN.others}/32`, OTHER_PREFIX], v6: [] };
    await stack.configure({ limits, sshFrom });
    await withConsole(() => stack.up());
    expect(await containers()).toBe(before);
    expect(await onMachine("nft", "list", "set", "inet", "mailkeep", "ssh_from_v4")).toContain(OTHER_PREFIX);
    await until(
      "the MX names the new limit",
      async () => (await capabilities(loopback)).includes(`SIZE ${20 * 1024 * 1024}`),
      PATIENT / 2,
    );
    const word = mark();
    await sendMail(loopback, ANN.address, message({ from: "mailer@far.example", to: ANN.address, subject: word }));
    await untilFound(word);
  },
  PATIENT,
);

test(
  "from the world only the listed ports answer, whatever listens",
  async () => {
    const network = networkName(stack.name, "alpha", { name: "internet", kind: "owned" });
    const image = stack.image("keeper");
    const publish = ["--publish", `${WORLD.machine}:${UNLISTED.container}:${UNLISTED.container}`, "--network", network];
    await onMachine("systemd-run", "--unit=unlisted", "perl", "-e", listener(UNLISTED.program));
    await onMachine(
      ...["docker", "run", "--detach", "--rm", "--name=unlisted", ...publish, "--entrypoint=perl", image],
      ...["-e", listener(UNLISTED.container)],
    );
    // Without our firewall all of them are reached: so it is the firewall that keeps them closed.
    await onMachine("nft", "delete", "table", "inet", "mailkeep");
    for (const [port, says] of CLOSED) {
      await until(
        `port ${port} says ${says}`,
        async () => (await greeting(loopback, port)).includes(says),
        PATIENT / 4,
      );
    }
    await onMachine("systemctl", "reload", "nftables");
    for (const [port] of CLOSED) expect(await greeting(loopback, port)).toBe("");
    await until("port 25 answers", async () => (await greeting(loopback, 25, MINUTES)).startsWith("220 "), PATIENT / 4);
    await onMachine("docker", "rm", "--force", "unlisted");
    await onMachine("systemctl", "stop", "unlisted");
  },
  2 * PATIENT,
);

test(
  "after a restart the machine has its firewall, its site and its mail",
  async () => {
    const word = mark();
    await sendMail(loopback, ANN.address, message({ from: "mailer@far.example", to: ANN.address, subject: word }));
    await untilFound(word);
    const boot = (): Promise<string> => onMachine("cat", "/proc/sys/kernel/random/boot_id");
    const before = await boot();
    // The connection may go before the command has ended.
    await onMachine("systemctl", "reboot").catch(() => undefined);
    await withConsole(() => until("the machine has started anew", async () => (await boot()) !== before, PATIENT));
    await withConsole(() => untilFound(word));
    expect(await greeting(loopback, SSH_FROM_WORLD)).toBe("");
    const after = mark();
    await until(
      "mail is taken",
      async () => {
        await sendMail(loopback, ANN.address, message({ from: "mailer@far.example", to: ANN.address, subject: after }));
        return true;
      },
      PATIENT / 2,
    );
    await untilFound(after);
    await withConsole(() => stack.up("--refresh", "--expect-no-changes"));
  },
  3 * PATIENT,
);

/** Names and identities of the site's containers, and since when they run. */
async function containers(): Promise<string> {
  const ids = (await onMachine("docker", "ps", "--quiet", "--no-trunc")).trim().split("\n");
  return await onMachine("docker", "inspect", "--format", "{{.Name}} {{.Id}} {{.State.StartedAt}}", ...ids.toSorted());
}

/** A program that says a word to everybody who connects. */
function listener(port: number): string {
  return `use IO::Socket::INET; $s = IO::Socket::INET->new(Listen => 5, LocalPort => ${port}, ReuseAddr => 1) or die; while (1) { $c = $s->accept or next; print $c "open\\n"; close $c }`;
}

async function untilFound(word: string): Promise<void> {
  await until(`a message is in the mailbox`, async () => (await findMail(access, ANN, word)).length === 1, PATIENT / 2);
}

async function keyPair(name: string): Promise<KeyPair> {
  const path = join(folder, name);
  await succeed("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path]);
  return { privateKey: await readFile(path, "utf8"), publicKey: (await readFile(`${path}.pub`, "utf8")).trim() };
}
