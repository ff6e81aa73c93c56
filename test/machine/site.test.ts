/**
 * A whole site on a machine of one's own, from the first `up` on, by the commands that its owner would give. The machine is a
 * Debian 13 system with systemd, SSH and a Docker of its own; it is one container, for an emulator is too slow for a site. Its
 * world has a root of its own, whose name server serves the zones as they were printed. The tests are one story.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { prepare } from "../../tools/offline/index.ts";
import { findMail, submit, waitForMail, type Access } from "../../tools/site/clients.ts";
import { sendFromOutside, waitOutside } from "../../tools/site/outside.ts";
import { ContainerMachine } from "../support/container-machine/machine.ts";
import { ADMIN, FAR, HOSTNAME, PEOPLE, SITE } from "../support/container-machine/places.ts";
import { ANN, settings, SiteStack, STACK } from "../support/container-machine/site-stack.ts";
import { makeWorld, type World } from "../support/container-machine/world.ts";
import { mark, message, smtpFromOutside, until } from "../support/system.ts";
import { greeting } from "../support/vm/greeting.ts";
import { listener } from "../support/vm/machine.ts";

const MINUTES = 60_000;
const MAIL_MS = MINUTES;
/** A port that no list has. */
const UNLISTED = 7001;
const VISITOR = `visitor@${FAR.domain}`;

let folder: string;
let world: World;
let machine: ContainerMachine;
let stack: SiteStack;
let access: Access;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mailkeep-machine-"));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  await prepare({ needs: ["pulumi", "compose", "baseImage"] });
  world = await makeWorld(STACK, folder, atEnd);
  machine = await ContainerMachine.start(world, folder, atEnd);
  stack = await SiteStack.create(world, atEnd);
  await stack.configure(settings(machine.hostKey));
}, 10 * MINUTES);

/** What takes away again what has been made so far. */
const undo: (() => Promise<void>)[] = [];
const atEnd = (work: () => Promise<void>): number => undo.push(work);

afterAll(async () => {
  for (const work of undo.toReversed()) await work();
}, 2 * MINUTES);

async function up(): Promise<string> {
  const { code, said } = await stack.mailkeep("up", STACK, "--yes");
  if (code !== 0) throw new Error(`${said}\nThe machine's journal:\n${await machine.journal()}`);
  return said;
}

test(
  "a machine that does not know the stack's key yet is left alone, and its owner is told the line to add there",
  { timeout: 3 * MINUTES },
  async () => {
    const before = await machine.sh("nft list tables; ls /etc/ssh/sshd_config.d");
    const { code, said } = await stack.mailkeep("up", STACK, "--yes");
    expect(code).toBe(1);
    expect(said).toContain(`The machine at ${ADMIN.machine} does not let the user admin in with this stack's key.`);
    const [, key = ""] = /^\s+(ssh-ed25519 \S+)$/m.exec(said) ?? [];
    expect(key).not.toBe("");
    expect(await machine.sh("nft list tables; ls /etc/ssh/sshd_config.d")).toBe(before);
    await machine.authorize(key, folder);
  },
);

test(
  "the same command then makes a site of it, images and all, and another one changes nothing",
  { timeout: 8 * MINUTES },
  async () => {
    expect(await up()).toMatch(new RegExp(`\\n${SITE} .* healthy\\n`));
    const started = (): Promise<string> => machine.sh("docker ps --format '{{.Names}} {{.ID}}' | sort");
    const before = await started();
    expect(before.trim().split("\n")).toHaveLength(12);
    expect(await up()).toMatch(/Resources:\n +\d+ unchanged\n/);
    expect(await started()).toBe(before);
    const { privateCa } = await stack.outputs();
    access = { host: PEOPLE.machine, servername: HOSTNAME, ca: privateCa };
  },
);

test(
  "with its zones copied as they were printed, mail comes in and goes out, and both ends are sure of the sender",
  { timeout: 3 * MINUTES },
  async () => {
    const { dns } = await stack.outputs();
    await world.serve(Object.values(dns.print).map(({ zoneFile }) => zoneFile));
    const [coming, going] = [mark(), mark()];
    await sendFromOutside(STACK, VISITOR, [ANN.address], message({ from: VISITOR, to: ANN.address, subject: coming }));
    const { source } = await waitForMail(access, ANN, coming, MAIL_MS);
    const [, found = ""] = /^Authentication-Results: ([^]*?)^\S/m.exec(source) ?? [];
    for (const method of ["spf", "dkim", "dmarc"]) expect(found).toContain(`${method}=pass`);

    await submit(access, 465, ANN, { from: ANN.address, to: [VISITOR], subject: going, text: "Good morning." });
    const { results, helo, pointer, client, tls } = await waitOutside(STACK, going, MAIL_MS);
    expect(results).toMatchObject({ spf: "pass", dkim: "pass", dmarc: "pass" });
    expect({ helo, pointer, client, tls }).toEqual({
      helo: HOSTNAME,
      pointer: HOSTNAME,
      client: PEOPLE.machine,
      tls: true,
    });
  },
);

test("what cron or an upgrade writes to root reaches a person, by submission", { timeout: 2 * MINUTES }, async () => {
  // Where a public authority's certificates are; the private one stands in for it.
  await machine.trust((await stack.outputs()).privateCa);
  const subject = mark();
  await machine.sh(`printf 'Subject: ${subject}\n\nGood morning.\n' | sendmail root`);
  const { source } = await waitForMail(access, ANN, subject, MAIL_MS);
  expect(source).toMatch(new RegExp(`^From: .*root@${HOSTNAME}`, "m"));
});

test(
  "a port that no list has is closed, though a container of somebody's is published there",
  { timeout: 2 * MINUTES },
  async () => {
    const image = (await machine.sh("docker ps --filter name=mx --format '{{.Image}}'")).trim();
    await machine.sh(
      `docker network create unlisted && docker run --detach --name unlisted --network unlisted --publish ${UNLISTED}:${UNLISTED} --entrypoint perl ${image} -e '${listener(UNLISTED)}'`,
    );
    const said = (port: number): Promise<string> => greeting(PEOPLE.machine, port, 2000);
    for (const port of [UNLISTED, 22]) expect(await said(port)).toBe("");
    // It listens, and the firewall alone keeps it closed.
    await machine.sh("nft delete table inet mailkeep");
    await until("it says its word without the firewall", async () => (await said(UNLISTED)).includes("open"), MAIL_MS);
    expect(await said(22)).toContain("SSH-2.0");
    await machine.sh("systemctl reload nftables && docker rm --force unlisted && docker network rm unlisted");
    expect(await said(22)).toBe("");
    expect(await said(25)).toContain(`220 ${HOSTNAME}`);
  },
);

test("a changed setting changes what it must, in place", { timeout: 4 * MINUTES }, async () => {
  const size = async (): Promise<string> => {
    const answers = await smtpFromOutside(STACK, PEOPLE.machine, [`EHLO ${FAR.hostname}`, "QUIT"]);
    return /SIZE (\d+)/.exec(answers.map(({ text }) => text).join("\n"))?.[1] ?? "";
  };
  const ids = (): Promise<string> => machine.sh("docker ps --format '{{.Names}} {{.ID}}' | sort");
  const [before, running] = [await size(), await ids()];
  await stack.configure({ ...settings(machine.hostKey), limits: { messageSizeMiB: 30 } });
  expect(await up()).toMatch(/compose:index:Release alpha updated/);
  expect([before, await size()]).toEqual([String(50 * 2 ** 20), String(30 * 2 ** 20)]);
  expect(await ids()).toBe(running);
});

test("after a restart the site is there again with its mail, and its firewall", { timeout: 5 * MINUTES }, async () => {
  const subject = mark();
  const mail = message({ from: VISITOR, to: ANN.address, subject });
  await sendFromOutside(STACK, VISITOR, [ANN.address], mail);
  await waitForMail(access, ANN, subject, MAIL_MS);
  await machine.restart();
  const report = async (): Promise<string> => (await stack.mailkeep("status", STACK)).said;
  await until(
    "the site is healthy again",
    async () => new RegExp(`\n${SITE} .* healthy\n`).test(await report()),
    2 * MINUTES,
  );
  expect(await findMail(access, ANN, subject)).toHaveLength(1);
  expect(await greeting(PEOPLE.machine, 22, 2000)).toBe("");
  const next = mark();
  await sendFromOutside(STACK, VISITOR, [ANN.address], message({ from: VISITOR, to: ANN.address, subject: next }));
  await waitForMail(access, ANN, next, MAIL_MS);
});

test(
  "from here one sees what waits at the site, and what keeps mail from coming or going",
  { timeout: 8 * MINUTES },
  async () => {
    const subject = mark();
    await world.hush(true);
    await submit(access, 465, ANN, { from: ANN.address, to: [VISITOR], subject, text: "Good morning." });
    console.log((await stack.mailkeep("site", "drain", SITE, STACK)).said);
    await world.hush(false);
    console.log((await stack.mailkeep("preflight", STACK, "--resolver", PEOPLE.nameServer)).said);
    console.log((await stack.mailkeep("preflight", STACK, "--from", SITE)).said);
    console.log((await stack.mailkeep("down", STACK)).said);
    console.log((await stack.mailkeep("down", STACK, "--yes")).said);
    console.log(await machine.sh("docker ps -a; docker volume ls; nft list tables"));
  },
);
