/**
 * A whole site on a real Debian 13 machine, platform `host`: user data, `pulumi up` by SSH, mail in and out of it, a change in
 * place, a container's port behind the firewall, and a restart. The tests are one story, in this order.
 *
 * The machine is closed in: it reaches nothing and nobody, so it asks no name server and no ACME directory. Mail comes in
 * through a forwarded port, with the empty sender, about whose domain nothing can be asked.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { networkName } from "../../components/release/names.ts";
import { buildImages, type BuiltImages } from "../../tools/images/index.ts";
import { prepare } from "../../tools/offline/index.ts";
import { withDockerAt } from "../../tools/site/docker-at.ts";
import { waitingAt } from "../../tools/site/queues.ts";
import { hear } from "../../tools/site/there.ts";
import { knownOf } from "../../tools/preflight/known.ts";
import { findMail, submit, type Access } from "../../tools/site/clients.ts";
import { pulumiPath } from "../engine/project.ts";
import { mark, message, until } from "../support/system.ts";
import { diskWithImages, DOCKER_LABEL } from "../support/vm/docker-data.ts";
import { imageForEmulator } from "../support/vm/emulated-image.ts";
import { greeting } from "../support/vm/greeting.ts";
import { keyPair, listener, Machine, MINUTES, PATIENT } from "../support/vm/machine.ts";
import { ADMIN, loopbackAddress, SSH_FROM_WORLD, UNLISTED, WORLD } from "../support/vm/network.ts";
import { capabilities, sendMail } from "../support/vm/smtp.ts";
import { ANN, CLIENT_HOSTNAME, HOSTNAME, MachineStack } from "./stack.ts";

/** The image that is not on the machine's disk before: the release carries it there as it would carry all. */
const CARRIED = "postsrsd";
const MAIL_PORTS = [25, 465, 993] as const;
const OTHER_PREFIX = "198.51.100.0/24";

const loopback = loopbackAddress(process.pid);
let folder: string;
let stack: MachineStack;
let machine: Machine;
let access: Access;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mailkeep-vm-"));
  const { vm, pulumi } = await prepare({ needs: ["pulumi", "vm", "docker", "baseImage"] });
  if (vm === undefined || pulumi === undefined) throw new Error("There is no virtual machine to start.");
  const hostKey = await keyPair(folder, "host");
  const images = await imagesForEmulator();
  const reach = { address: loopback, hostKey: hostKey.publicKey };
  stack = await MachineStack.create(pulumiPath() ?? pulumi.path, images, reach);
  const deploy = await stack.deployKey();
  const there = stack.images().filter((name) => name !== CARRIED);
  machine = await Machine.start({
    image: vm,
    folder,
    loopback,
    userData: stack.userData(deploy.publicKey, hostKey),
    hostKey: hostKey.publicKey,
    identity: deploy.privateKey,
    disks: [await diskWithImages(there.flatMap((name) => images[name] ?? []))],
    worldPorts: MAIL_PORTS,
  });
}, 2 * PATIENT);

afterAll(async () => {
  await machine.stop();
  await stack.project.remove();
  await rm(folder, { recursive: true, force: true });
}, MINUTES);

test(
  "`pulumi up` puts the site there, with the image that is missing, and a second one changes nothing",
  async () => {
    await machine.untilReached();
    await machine.run("cloud-init", "status", "--wait");
    // As on a machine whose Docker has had all images but one.
    const mount = `systemctl stop docker.service docker.socket; echo "LABEL=${DOCKER_LABEL} /var/lib/docker ext4 defaults 0 0" >>/etc/fstab`;
    await machine.run("sh", "-ec", `${mount}; systemctl daemon-reload; mount /var/lib/docker; systemctl start docker`);
    expect(await machine.run("docker", "images", "--quiet", `mailkeep/${CARRIED}`)).toBe("");
    await machine.withConsole(() => stack.up());
    expect(await machine.run("docker", "images", "--quiet", `mailkeep/${CARRIED}`)).not.toBe("");
    expect(await stack.up("--expect-no-changes")).toContain("unchanged");
    access = { host: loopback, servername: CLIENT_HOSTNAME, ca: await stack.output("privateCa") };
  },
  4 * PATIENT,
);

test(
  "mail comes in from the world and from a user, and is read by IMAP",
  async () => {
    const [fromWorld, fromUser] = [mark(), mark()];
    await takenFromWorld(fromWorld);
    await submit(access, 465, ANN, { from: ANN.address, to: [ANN.address], subject: fromUser, text: "Good morning." });
    for (const word of [fromWorld, fromUser]) await untilFound(word);
  },
  2 * PATIENT,
);

test(
  "what the machine itself has to say to root reaches a person, by submission with its own account",
  async () => {
    // What public DNS and a public authority are on a real one.
    const trusted = 'echo "$1" >>/etc/hosts; echo "$2" >>/etc/ssl/certs/ca-certificates.crt';
    await machine.run(
      "sh",
      "-c",
      trusted,
      "sh",
      `${WORLD.machine} ${CLIENT_HOSTNAME}`,
      await stack.output("privateCa"),
    );
    const word = mark();
    await machine.run("sh", "-c", 'printf "Subject: %s\\n\\nA disk is full.\\n" "$1" | sendmail root', "sh", word);
    await untilFound(word);
    const [found] = await findMail(access, ANN, word);
    expect(found?.source).toContain(`root@${HOSTNAME}`);
  },
  2 * PATIENT,
);

test(
  "its health and its queues are read over SSH, as by `status` and `site drain`",
  async () => {
    const pulumi = { ask: (args: readonly string[]) => stack.project.expect(...args) };
    const { connections } = await knownOf(stack.name, pulumi);
    const heard = await hear(stack.name, stack.site(), { connections });
    expect(heard.silent).toBeNull();
    expect(heard.workloads.filter(({ healthy }) => !healthy)).toEqual([]);
    // Its own resolver hears from nobody, so this waits.
    const to = "someone@far.example";
    await submit(access, 465, ANN, { from: ANN.address, to: [to], subject: mark(), text: "Good morning." });
    const waiting = await withDockerAt({ stack: stack.name, site: "alpha", pulumi }, (docker) =>
      waitingAt(stack.name, "alpha", ["mx", "submission"], docker),
    );
    expect(waiting).toEqual([expect.objectContaining({ workload: "submission", recipients: [to] })]);
  },
  2 * PATIENT,
);

test(
  "a change of the settings is taken in place: no container is made anew, and the firewall is loaded over itself",
  async () => {
    const before = await containers();
    await stack.configure({
      limits: { messageSizeMiB: 20 },
      sshFrom: { v4: [`${ADMIN.others}/32`, OTHER_PREFIX], v6: [] },
    });
    await machine.withConsole(() => stack.up());
    expect(await containers()).toBe(before);
    expect(await machine.run("nft", "list", "set", "inet", "mailkeep", "ssh_from_v4")).toContain(OTHER_PREFIX);
    await until(
      "the MX names the new limit",
      async () => (await capabilities(loopback)).includes(`SIZE ${20 * 1024 * 1024}`),
      PATIENT / 2,
    );
    const word = mark();
    await takenFromWorld(word);
    await untilFound(word);
  },
  2 * PATIENT,
);

test(
  "a port that a container publishes is not reached from the world unless the list has it",
  async () => {
    const network = networkName(stack.name, "alpha", { name: "internet", kind: "owned" });
    const publish = ["--publish", `${WORLD.machine}:${UNLISTED}:${UNLISTED}`, "--network", network];
    const program = ["--entrypoint=perl", stack.image("keeper"), "-e", listener(UNLISTED)];
    await machine.run("docker", "run", "--detach", "--rm", "--name=unlisted", ...publish, ...program);
    // Without our firewall it is reached: so it is the firewall that keeps it closed.
    await machine.run("nft", "delete", "table", "inet", "mailkeep");
    const open = async (): Promise<boolean> => (await greeting(loopback, UNLISTED)).includes("open");
    await until("the container's port answers", open, PATIENT / 4);
    await machine.run("systemctl", "reload", "nftables");
    expect(await greeting(loopback, UNLISTED)).toBe("");
    await until("port 25 answers", async () => (await greeting(loopback, 25, MINUTES)).startsWith("220 "), PATIENT / 4);
    await machine.run("docker", "rm", "--force", "unlisted");
  },
  2 * PATIENT,
);

test(
  "after a restart the machine has its firewall, its site and its mail",
  async () => {
    const word = mark();
    await takenFromWorld(word);
    await untilFound(word);
    await machine.restart();
    await machine.withConsole(() => untilFound(word));
    expect(await greeting(loopback, SSH_FROM_WORLD)).toBe("");
    const after = mark();
    await until("mail is taken", () => takenFromWorld(after).then(() => true), PATIENT / 2);
    await untilFound(after);
    await machine.withConsole(() => stack.up("--refresh", "--expect-no-changes"));
  },
  4 * PATIENT,
);

async function imagesForEmulator(): Promise<BuiltImages> {
  const images = await buildImages();
  return images.rspamd === undefined ? images : { ...images, rspamd: await imageForEmulator(images.rspamd) };
}

/** Names and identities of the site's containers, and since when they run. */
async function containers(): Promise<string> {
  const ids = (await machine.run("docker", "ps", "--quiet", "--no-trunc")).trim().split("\n");
  const format = "{{.Name}} {{.Id}} {{.State.StartedAt}}";
  return await machine.run("docker", "inspect", "--format", format, ...ids.toSorted());
}

async function takenFromWorld(subject: string): Promise<void> {
  await sendMail(loopback, ANN.address, message({ from: "mailer@far.example", to: ANN.address, subject }));
}

async function untilFound(word: string): Promise<void> {
  const found = async (): Promise<boolean> => (await findMail(access, ANN, word)).length === 1;
  await until("a message is in the mailbox", found, PATIENT / 2);
}
