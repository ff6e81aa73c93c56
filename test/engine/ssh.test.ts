/** Releases by SSH, on a real SSH server and the real Docker. */
import { mkdtemp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { ReleaseInputs } from "../../providers/compose/inputs.ts";
import { hostsOf } from "../../providers/compose/reach.ts";
import { machineProviderOn } from "../../providers/compose/machine.ts";
import { releaseProviderOn } from "../../providers/compose/release.ts";
import { withSshHost } from "../../providers/compose/ssh-host.ts";
import { secret, type PlainObject } from "../../providers/compose/values.ts";
import { FAKE_IMAGE, NAME, run, succeed } from "./compose-stack.ts";
import { until } from "../support/system.ts";
import { makeSshMachine } from "./ssh-machine.ts";
import type { SshMachine } from "./ssh-machine.ts";

const PROJECT = `${NAME}-far`;
const PATIENCE_SECONDS = 60;
const log = { status() {}, info() {}, warn() {} };

let machine: SshMachine;

function inputs(conf = "first"): ReleaseInputs {
  return {
    project: PROJECT,
    directory: `${machine.folder}/release`,
    networks: { site: { name: `${PROJECT}-site`, ipam: { config: [{ subnet: "10.213.9.0/24" }] } } },
    volumes: { mail: { name: `${PROJECT}-mail`, kind: "mail", uid: 2010, mode: "0700" } },
    workloads: {
      dovecot: {
        uid: 2010,
        service: {
          image: FAKE_IMAGE,
          user: "2010:2010",
          stop_grace_period: "2s",
          networks: { site: null },
          volumes: [{ type: "volume", source: "mail", target: "/srv/mail" }],
        },
        files: { conf, "a/folder/far.cf": 'it\'s $HOME; "quoted"\n' },
        secretFiles: { "site.key": "a-text-that-nobody-may-see" },
      },
    },
    waitSeconds: 60,
    connection: machine.connection,
    mailFolder: machine.mailFolder,
  };
}

const CONF = "/etc/mailkeep-test.conf";

/** A machine with one file that is checked by grep(1) and taken by copying it. */
function machineInputs(content = "a line\n"): PlainObject {
  const file = { path: CONF, content, check: ["grep", "-q", "line", CONF], apply: ["cp", CONF, "/etc/taken"] };
  return {
    machine: "1",
    connection: { ...machine.connection },
    firstContact: machine.firstContact,
    packages: ["sudo"],
    files: [file],
  };
}

const machines = () => machineProviderOn(hostsOf({}));

const provider = (docker = "docker") => releaseProviderOn(hostsOf({ MAILKEEP_DOCKER: docker }));

beforeAll(async () => {
  machine = await makeSshMachine();
  // Where temporary files of this test alone lie.
  vi.stubEnv("TMPDIR", await mkdtemp(join(machine.folder, "tmp-")));
}, 600_000);

afterAll(async () => {
  await run("docker", ["rm", "-f", `${PROJECT}-dovecot-1`]);
  await run("docker", ["network", "rm", `${PROJECT}-site`]);
  await run("docker", ["volume", "rm", `${PROJECT}-mail`]);
  await machine.remove();
  await run("docker", ["image", "rm", "--force", FAKE_IMAGE]);
}, 120_000);

test("at the first contact a machine gets the key that it is known by from then on", { timeout: 180_000 }, async () => {
  const first = { ...machine.connection, hostKey: machine.firstContact.hostKey };
  await withSshHost(first, PATIENCE_SECONDS, {}, () => Promise.resolve());
  // A machine shows its key some seconds before it lets users in.
  await machine.exec("sh", "-c", "echo 'System is booting up.' > /run/nologin");
  const creation = machines().create(machineInputs(), log);
  await until("somebody was sent away", async () => /denied .*by PAM/.test(await machine.log()), 60_000);
  await machine.exec("rm", "/run/nologin");
  const created = await creation;
  expect(await machine.exec("cat", "/etc/taken")).toBe("a line\n");
  expect(await machine.exec("sh", "-c", "ls /etc/ssh/ssh_host_*")).toBe(
    "/etc/ssh/ssh_host_ed25519_key\n/etc/ssh/ssh_host_ed25519_key.pub\n",
  );
  await expect(withSshHost(first, 0, {}, () => Promise.resolve())).rejects.toThrow("another SSH host key");
  expect(JSON.stringify(machines().diff({ ...states(created.outputs), inputs: machineInputs() }))).toBe("[]");
  // Again is no harm: it is known by its own key now.
  await machines().create(machineInputs(), log);
});

test(
  "a machine gets another key over a connection that the last one verified, and back",
  { timeout: 60_000 },
  async () => {
    const { connection, firstContact, next } = machine;
    const now = machineInputs();
    const later = {
      ...now,
      connection: { ...connection, hostKey: next.hostKey },
      firstContact: { ...firstContact, privateKey: next.privateKey },
    };
    expect(machines().diff({ ...states(now), inputs: later })).toContainEqual(
      expect.objectContaining({ path: "connection.hostKey", kind: "update" }),
    );
    const updated = await machines().update(now, later, log);
    await withSshHost(later.connection, PATIENCE_SECONDS, {}, () => Promise.resolve());
    await expect(withSshHost(connection, 0, {}, () => Promise.resolve())).rejects.toThrow("another SSH host key");
    // What was broken off after the key was there goes on.
    await machines().update(now, later, log);
    await machines().update(updated, now, log);
    await withSshHost(connection, PATIENCE_SECONDS, {}, () => Promise.resolve());
  },
);

test("a machine with another system than Debian 13 is left as it is", { timeout: 60_000 }, async () => {
  await machine.exec("sh", "-c", "cp /etc/os-release /etc/os-release.kept");
  await machine.exec(
    "sh",
    "-c",
    `printf 'ID=ubuntu\\nVERSION_ID="24.04"\\nPRETTY_NAME="Ubuntu 24.04"\\n' > /etc/os-release`,
  );
  const attempt = machines().update(machineInputs(), machineInputs("another line\n"), log);
  await expect(attempt).rejects.toThrow("has Ubuntu 24.04, and a site needs Debian 13. Nothing was changed there.");
  await machine.exec("mv", "/etc/os-release.kept", "/etc/os-release");
  expect(await machine.exec("cat", CONF)).toBe("a line\n");
});

test(
  "a file that its check refuses is taken back, and the machine keeps the old one",
  { timeout: 60_000 },
  async () => {
    const attempt = machines().update(machineInputs(), machineInputs("nonsense\n"), log);
    await expect(attempt).rejects.toThrow(`The check of ${CONF} failed on 10.213.8.2, and the old one is there again`);
    expect(await machine.exec("cat", CONF, "/etc/taken")).toBe("a line\na line\n");
  },
);

test(
  "a file that the machine does not take is taken back, and the machine takes the old one again",
  { timeout: 60_000 },
  async () => {
    // As a program that ends where it cannot use the new one.
    const apply = ["sh", "-c", `rm -f /etc/taken; grep -q "a line" ${CONF} && cp ${CONF} /etc/taken`];
    const inputs = (content: string): PlainObject => ({
      ...machineInputs(),
      files: [{ path: CONF, content, apply }],
    });
    const attempt = machines().update(inputs("a line\n"), inputs("another line\n"), log);
    await expect(attempt).rejects.toThrow(`Taking ${CONF} failed on 10.213.8.2, and the old one is there again:`);
    expect(await machine.exec("cat", CONF, "/etc/taken")).toBe("a line\na line\n");
  },
);

test("a machine's file that was changed by hand is seen and mended", { timeout: 60_000 }, async () => {
  await machine.exec("sh", "-c", `echo drift > ${CONF}`);
  const found = (await machines().read({ ...machineInputs(), hashes: {} }, log)) ?? {};
  const differences = machines().diff({ ...states(found), inputs: machineInputs() });
  expect(differences.map(({ path, replace }) => ({ path, replace }))).toEqual([
    { path: `hashes[${JSON.stringify(CONF)}]`, replace: false },
  ]);
  await machines().update(machineInputs(), machineInputs(), log);
  expect(await machine.exec("cat", CONF)).toBe("a line\n");
});

test("a file with a secret in it is its owner's alone, and a secret in the state", { timeout: 60_000 }, async () => {
  const path = "/etc/mailkeep-test.secret";
  const secretText = "a-password-that-nobody-may-see\n";
  const file = { path, content: secretText, owner: "mail", apply: ["sh", "-c", `cat ${path}; false`] };
  const attempt = machines().update(machineInputs(), { ...machineInputs(), files: [file] }, log);
  await expect(attempt).rejects.toThrow(`Taking ${path} failed on 10.213.8.2`);
  await expect(attempt).rejects.not.toThrow(secretText.trim());
  const inputs = { ...machineInputs(), files: [{ ...file, apply: ["true"] }] };
  const outputs = await machines().update(machineInputs(), inputs, log);
  expect(await machine.exec("stat", "--format", "%U %a", path)).toBe("mail 400\n");
  expect(JSON.stringify(outputs["files"])).toContain(JSON.stringify(secret(secretText)));
  await machine.exec("rm", path);
});

test("another machine in its place is another resource", () => {
  const differences = machines().diff({ ...states({}), inputs: { ...machineInputs(), machine: "2" } });
  expect(differences[0]).toMatchObject({ path: "machine", replace: true });
});

test("images that the machine lacks are carried there, and the release comes up", { timeout: 300_000 }, async () => {
  const saved = join(machine.folder, "saved.tar");
  const carrier = join(machine.folder, "carrier");
  await succeed("docker", ["save", "--output", saved, FAKE_IMAGE]);
  await succeed("docker", ["image", "rm", "--force", FAKE_IMAGE]);
  await writeFile(carrier, `#!/bin/sh\n[ "$*" = "save ${FAKE_IMAGE}" ] && exec cat ${saved}\n`, { mode: 0o755 });

  const created = await provider(carrier).create({ ...inputs() }, log);

  expect(created.outputs).toMatchObject({ services: { dovecot: "running" } });
  const inside = (...command: string[]) => succeed("docker", ["exec", `${PROJECT}-dovecot-1`, ...command]);
  expect(await inside("cat", "/release/current/a/folder/far.cf")).toBe('it\'s $HOME; "quoted"\n');
  expect(await inside("stat", "-c", "%u:%g %a", "/release/current/site.key")).toBe("2010:2010 400\n");
  await inside("touch", "/srv/mail/a-message");
  expect(await readdir(`${machine.mailFolder}/${PROJECT}-mail`)).toEqual(["a-message"]);
  expect((await stat(`${machine.mailFolder}/${PROJECT}-mail`)).uid).toBe(2010);
});

test("a change is taken in place, and what is there is read back", { timeout: 120_000 }, async () => {
  const before = await succeed("docker", ["inspect", "--format", "{{.Id}}", `${PROJECT}-dovecot-1`]);
  const outputs = await provider().update({ ...inputs() }, { ...inputs("second") }, log);
  expect(await succeed("docker", ["inspect", "--format", "{{.Id}}", `${PROJECT}-dovecot-1`])).toBe(before);
  expect(await provider().read(unmarked(outputs), log)).toMatchObject({ hashes: outputs["hashes"] });
});

test("a change on the machine by hand is seen", { timeout: 120_000 }, async () => {
  const wanted = { ...inputs("second") };
  await machine.exec("sh", "-c", `echo drift > ${machine.folder}/release/release/dovecot/current/conf`);
  const found = await provider().read({ ...wanted, hashes: {}, services: {} }, log);
  const differences = provider().diff({ oldInputs: wanted, oldOutputs: found ?? {}, inputs: wanted });
  expect(differences.map(({ path }) => path)).toEqual(["hashes.dovecot"]);
  await provider().update(wanted, wanted, log);
});

test("nothing of the key to the machine is left on this one", async () => {
  expect(await readdir(tmpdir())).toEqual([]);
});

test("two commands with input and output at once do not mix", { timeout: 60_000 }, async () => {
  const texts = ["x".repeat(300_000), "y".repeat(300_000)];
  const answers = await withSshHost(machine.connection, PATIENCE_SECONDS, {}, (host) =>
    Promise.all(texts.map((input) => host.run(["cat"], { input }))),
  );
  expect(answers.map(({ stdout }) => stdout)).toEqual(texts);
});

test("commands run as root and keep their arguments and exit codes", { timeout: 60_000 }, async () => {
  await withSshHost(machine.connection, PATIENCE_SECONDS, {}, async (host) => {
    expect((await host.run(["id", "-u"])).stdout).toBe("0\n");
    expect((await host.run(["printf", "%s|", "it's", "$HOME", "", "a b"])).stdout).toBe("it's|$HOME||a b|");
    expect((await host.run(["no-such-program"])).code).toBe(127);
    expect((await host.run(["sh", "-c", "exit 9"])).code).toBe(9);
    const slow = await host.run(["sleep", "20"], { timeoutSeconds: 1 });
    expect(slow).toMatchObject({ code: 124, stderr: expect.stringContaining("it had 1 s") as string });
  });
});

test("a user without our key is told of with the line that lets us in", { timeout: 60_000 }, async () => {
  const identity = await readFile(join(machine.folder, "other"), "utf8");
  const publicKey = (await readFile(join(machine.folder, "other.pub"), "utf8")).trim();
  const attempt = withSshHost({ ...machine.connection, identity }, 0, {}, () => Promise.resolve());
  await expect(attempt).rejects.toThrow("does not let the user mailkeep in with this stack's key");
  await expect(attempt).rejects.toThrow(publicKey);
});

test("the release goes and its mail stays", { timeout: 120_000 }, async () => {
  await provider().delete({ ...inputs("second"), hashes: {}, services: {} }, log);
  expect(await readdir(`${machine.mailFolder}/${PROJECT}-mail`)).toEqual(["a-message"]);
  expect(await readdir(machine.folder)).not.toContain("release");
  expect(await succeed("docker", ["ps", "-aq", "--filter", `name=${PROJECT}`])).toBe("");
});

test("a machine with another host key gets nothing", { timeout: 120_000 }, async () => {
  await machine.changeHostKey();
  const attempt = withSshHost(machine.connection, PATIENCE_SECONDS, {}, () => Promise.resolve());
  await expect(attempt).rejects.toThrow("shows another SSH host key than the one it must have");
});

const states = (oldOutputs: PlainObject) => ({ oldInputs: machineInputs(), oldOutputs });

/** As the engine hands outputs back: without the marks of secrets. */
function unmarked(outputs: PlainObject): PlainObject {
  return { ...outputs, ...inputs("second") };
}
