/**
 * A real Debian 13 machine from its first start on: user data, first contact, the firewall as the world sees it, and a restart.
 * The tests are one story, in this order.
 *
 * The machine is closed in: it reaches nothing and nobody. A site's containers are not started there: an emulator is too slow for
 * them, see decision 111.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { literal } from "../../components/plan/text.ts";
import { authorizedKeysFiles } from "../../components/platforms/authorized-keys.ts";
import type { MachineFile } from "../../components/platforms/machine-file.ts";
import { PACKAGES } from "../../components/platforms/machine-packages.ts";
import { machineProviderOn } from "../../providers/compose/machine.ts";
import { hostsOf } from "../../providers/compose/reach.ts";
import { withSshHost } from "../../providers/compose/ssh-host.ts";
import { prepare } from "../../tools/offline/index.ts";
import { until } from "../support/system.ts";
import { greeting } from "../support/vm/greeting.ts";
import { EMPTY_DISK, keyPair, listener, Machine, MINUTES, PATIENT, USER, type KeyPair } from "../support/vm/machine.ts";
import { loopbackAddress, SSH_FROM_WORLD, UNLISTED } from "../support/vm/network.ts";
import { MAIL_FOLDER, userData } from "./user-data.ts";

/** Ports that nobody in the world reaches, and what answers there. */
const CLOSED = [
  [UNLISTED, "open"],
  [SSH_FROM_WORLD, "SSH-2.0"],
] as const;

const LOG = { status() {}, info() {}, warn() {} };
const loopback = loopbackAddress(process.pid);
let folder: string;
let machine: Machine;
let keys: Readonly<Record<"first" | "host" | "deploy", KeyPair>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mailkeep-vm-"));
  const { vm } = await prepare({ needs: ["vm"] });
  if (vm === undefined) throw new Error("There is no virtual machine to start.");
  keys = {
    first: await keyPair(folder, "first"),
    host: await keyPair(folder, "host"),
    deploy: await keyPair(folder, "deploy"),
  };
  machine = await Machine.start({
    image: vm,
    folder,
    loopback,
    userData: userData(loopback, keys, EMPTY_DISK),
    hostKey: keys.host.publicKey,
    identity: keys.deploy.privateKey,
  });
}, 2 * PATIENT);

afterAll(async () => {
  await machine.stop();
  await rm(folder, { recursive: true, force: true });
}, MINUTES);

test(
  "the first start follows the user data, and the first contact gives the machine its own host key",
  async () => {
    await machine.untilReached();
    const inputs = {
      machine: "1",
      connection: { ...machine.connection },
      firstContact: { hostKey: keys.first.publicKey, privateKey: keys.host.privateKey },
      packages: [...PACKAGES],
      files: [],
    };
    await machine.withConsole(() => machineProviderOn(hostsOf({})).create(inputs, LOG));
    const status = await machine.run("cloud-init", "status", "--long");
    expect(status).toContain("status: done");
    expect(status).toMatch(/^errors: \[\]$/m);
    expect(await machine.run("sh", "-c", "ls /etc/ssh/ssh_host_*")).toBe(
      "/etc/ssh/ssh_host_ed25519_key\n/etc/ssh/ssh_host_ed25519_key.pub\n",
    );
    const first = { ...machine.connection, hostKey: keys.first.publicKey };
    await expect(withSshHost(first, 0, {}, () => Promise.resolve())).rejects.toThrow("another SSH host key");
  },
  2 * PATIENT,
);

test(
  "those whom the settings name log in, and nobody else",
  async () => {
    const someone = await keyPair(folder, "someone");
    const name = async (...people: readonly KeyPair[]): Promise<void> => {
      const files = authorizedKeysFiles(people.map(({ publicKey }) => publicKey));
      const connection = { ...machine.connection };
      const inputs = {
        machine: "1",
        connection,
        packages: [],
        files: files.map((file) => ({ ...file, ...text(file) })),
      };
      await machineProviderOn(hostsOf({})).update({ connection }, inputs, LOG);
    };
    const there = (): Promise<string> =>
      withSshHost({ ...machine.connection, identity: someone.privateKey }, 0, {}, (host) =>
        host.run(["true"]).then(({ code }) => `ended with ${String(code)}`),
      ).catch(String);
    // As a cloud's agent would, or somebody who was let in once.
    await machine.run("sh", "-c", `echo '${someone.publicKey}' >>~${USER}/.ssh/authorized_keys`);
    expect(await there()).toContain(`does not let the user ${USER} in`);
    await name(keys.deploy, someone);
    expect(await there()).toBe("ended with 0");
    await name(keys.deploy);
    expect(await there()).toContain(`does not let the user ${USER} in`);
  },
  2 * PATIENT,
);

/** What has no reference in it, as the provider is given it. */
const text = ({ content }: MachineFile): { readonly content: string } => ({ content: literal(content) });

test(
  "an empty disk has a file system for mail now, and is mounted where nothing on it can be run",
  async () => {
    expect(await mounted()).toBe(`${EMPTY_DISK} ext4`);
    const options = await machine.run("findmnt", "--noheadings", "--output", "OPTIONS", MAIL_FOLDER);
    expect(options.trim().split(",")).toEqual(expect.arrayContaining(["rw", "nosuid", "nodev", "noexec"]));
    await machine.run("sh", "-c", `echo kept >${MAIL_FOLDER}/mark`);
  },
  2 * PATIENT,
);

test(
  "a machine that is made anew finds the mail on its disk, and makes no file system there",
  async () => {
    const unit = `${MAIL_FOLDER.slice(1).replaceAll("/", "-")}.mount`;
    await machine.run("systemctl", "stop", unit);
    // What cloud-init does once a machine, by the same user data.
    await machine.run("cloud-init", "single", "--name", "disk_setup", "--frequency", "always");
    await machine.run("systemctl", "start", unit);
    expect(await machine.run("cat", `${MAIL_FOLDER}/mark`)).toBe("kept\n");
  },
  2 * PATIENT,
);

test(
  "a file system that is smaller than its disk takes the room while it is in use",
  async () => {
    const unit = `${MAIL_FOLDER.slice(1).replaceAll("/", "-")}.mount`;
    const sizeKiB = async (): Promise<number> =>
      Number((await machine.run("findmnt", "--noheadings", "--bytes", "--output", "SIZE", MAIL_FOLDER)).trim()) / 1024;
    const whole = await sizeKiB();
    await machine.run("systemctl", "stop", unit);
    await machine.run("e2fsck", "-f", "-p", EMPTY_DISK);
    await machine.run("resize2fs", EMPTY_DISK, `${Math.floor(whole / 2)}K`);
    await machine.run("systemctl", "start", unit);
    expect(await sizeKiB()).toBeLessThan(0.6 * whole);
    await machine.run("systemctl", "start", "mailkeep-grow.service");
    expect(await sizeKiB()).toBeGreaterThan(0.95 * whole);
    expect(await machine.run("systemctl", "is-active", "mailkeep-grow.timer")).toBe("active\n");
    expect(await machine.run("cat", `${MAIL_FOLDER}/mark`)).toBe("kept\n");
  },
  2 * PATIENT,
);

test(
  "from the world neither SSH nor a program that listens is reached, and both are without the firewall",
  async () => {
    await machine.run("systemd-run", "--unit=unlisted", "perl", "-e", listener(UNLISTED));
    await machine.run("nft", "delete", "table", "inet", "mailkeep");
    for (const [port, says] of CLOSED) await untilSays(port, says);
    await machine.run("systemctl", "reload", "nftables");
    for (const [port] of CLOSED) expect(await greeting(loopback, port)).toBe("");
    await machine.run("systemctl", "stop", "unlisted");
  },
  2 * PATIENT,
);

test(
  "after a restart the machine has its firewall and its disk for mail, and is known by the same key",
  async () => {
    await machine.restart();
    expect(await greeting(loopback, SSH_FROM_WORLD)).toBe("");
    expect(await machine.run("nft", "list", "table", "inet", "mailkeep")).toContain("chain");
    // SSH answers before everything has started, and then the command ends with an error.
    const active = (): Promise<boolean> => machine.run("systemctl", "is-active", "docker").then(Boolean, () => false);
    await until("Docker has started", active, PATIENT);
    // Docker comes after the disk.
    expect(await mounted()).toBe(`${EMPTY_DISK} ext4`);
    expect(await machine.run("cat", `${MAIL_FOLDER}/mark`)).toBe("kept\n");
  },
  2 * PATIENT,
);

/** What is mounted at the folder for mail. */
async function mounted(): Promise<string> {
  const found = await machine.run("findmnt", "--noheadings", "--output", "SOURCE,FSTYPE", MAIL_FOLDER);
  return found.trim().replaceAll(/\s+/g, " ");
}

async function untilSays(port: number, says: string): Promise<void> {
  await until(`port ${port} says ${says}`, async () => (await greeting(loopback, port)).includes(says), PATIENT / 4);
}
