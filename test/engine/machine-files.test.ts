/** What a machine is told, judged by the programs that read it. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderCloudInit } from "../../components/platforms/cloud-init.ts";
import { STARTUP_SCRIPT } from "../../components/platforms/gcp-instance/startup.ts";
import { renderNftables } from "../../components/platforms/nftables.ts";
import { literal, resolveText } from "../../components/plan/text.ts";
import { prepare } from "../../tools/offline/index.ts";
import { CLOUD_INIT, EXPOSURE, FILES } from "../unit/platforms/machine.fixture.ts";
import { NAME, run, succeed } from "./compose-stack.ts";
import type { Ran } from "./compose-stack.ts";
import { buildMachineImage } from "./machine-image.ts";

const IMAGE = `${NAME}-machine:1`;
const CONTAINER = `${NAME}-machine`;
let folder: string;

const inMachine = async (...command: readonly string[]): Promise<Ran> =>
  await run("docker", ["exec", CONTAINER, ...command]);

async function put(path: string, content: string): Promise<void> {
  const local = join(folder, "file");
  await mkdir(dirname(local), { recursive: true });
  await writeFile(local, content);
  await chmod(local, 0o644);
  await succeed("docker", ["exec", CONTAINER, "mkdir", "-p", dirname(path)]);
  await succeed("docker", ["cp", local, `${CONTAINER}:${path}`]);
}

beforeAll(async () => {
  const { baseImage } = await prepare({ needs: ["docker", "baseImage"] });
  folder = await mkdtemp(join(tmpdir(), `${NAME}-machine-`));
  if (baseImage === undefined) throw new Error("There is no base image.");
  await buildMachineImage(IMAGE, join(folder, "image"), baseImage.tag);
  // A network stack of its own and nothing outside of it; nft(8) checks against the kernel's.
  const options = [
    "--detach",
    "--name",
    CONTAINER,
    "--hostname",
    "alpha",
    "--network",
    "none",
    "--cap-add",
    "NET_ADMIN",
  ];
  await succeed("docker", ["run", ...options, IMAGE, "sleep", "infinity"]);
  await succeed("docker", ["exec", CONTAINER, "ssh-keygen", "-A"]);
  for (const { path, content } of FILES)
    await put(
      path,
      resolveText(content, () => "apasswordthatnobodyhas"),
    );
}, 600_000);

afterAll(async () => {
  await run("docker", ["rm", "--force", CONTAINER]);
  await run("docker", ["image", "rm", "--force", IMAGE]);
  await rm(folder, { recursive: true, force: true });
}, 60_000);

test.each(FILES.filter(({ check }) => check !== undefined).map((file) => [file.path, file] as const))(
  "%s passes its check",
  { timeout: 60_000 },
  async (_, { check = [] }) => expect(await inMachine(...check)).toMatchObject({ code: 0 }),
);

test("a firewall without prefixes is one as well", { timeout: 60_000 }, async () => {
  const closed = { ...EXPOSURE, ssh: { port: 22, from: { v4: [], v6: [] } }, link: undefined };
  await put("/tmp/closed.conf", literal(renderNftables(closed)));
  expect(await inMachine("nft", "--check", "--file", "/tmp/closed.conf")).toMatchObject({ code: 0 });
});

test("the firewall can be loaded over itself, and leaves other tables alone", { timeout: 60_000 }, async () => {
  await succeed("docker", ["exec", CONTAINER, "nft", "add", "table", "ip", "docker"]);
  const load = ["exec", CONTAINER, "nft", "--file", "/etc/nftables.conf"];
  await succeed("docker", load);
  await succeed("docker", load);
  const { stdout } = await inMachine("nft", "list", "tables");
  expect(stdout.trim().split("\n")).toEqual(["table ip docker", "table inet mailkeep"]);
});

test("the checks refuse what is wrong", { timeout: 60_000 }, async () => {
  await put("/tmp/wrong.conf", literal(renderNftables({ ...EXPOSURE, worldPorts: [70_000] })));
  expect((await inMachine("nft", "--check", "--file", "/tmp/wrong.conf")).code).not.toBe(0);
  await put("/tmp/sshd", "PermitRootLogin perhaps\n");
  expect((await inMachine("sshd", "-t", "-f", "/tmp/sshd")).code).not.toBe(0);
});

test("SSH takes our settings, not the distribution's", { timeout: 60_000 }, async () => {
  const { stdout } = await inMachine("sshd", "-T");
  const settings = new Set(stdout.split("\n"));
  for (const one of ["passwordauthentication no", "permitrootlogin no", "authenticationmethods publickey"])
    expect(settings).toContain(one);
});

test(
  "nullmailer takes mail to root for who reads it, and gives the servers in their order",
  { timeout: 60_000 },
  async () => {
    await succeed("docker", ["exec", CONTAINER, "chown", "mail", "/etc/nullmailer/remotes"]);
    await succeed("docker", ["exec", CONTAINER, "sh", "-c", "printf 'Subject: up\\n\\nHello.\\n' | sendmail root"]);
    const { stdout } = await inMachine("sh", "-c", "head -n 2 /var/spool/nullmailer/queue/*");
    expect(stdout).toBe("root@alpha.mailkeep.test\npostmaster@home.test\n");
    // There is no network, so each server is tried and none is reached.
    const send = "timeout 10 setpriv --reuid mail --regid mail --clear-groups nullmailer-send 2>&1 || true";
    const { stdout: log } = await inMachine("sh", "-c", send);
    expect([...log.matchAll(/Starting delivery: host: (\S+)/g)].map(([, host]) => host)).toEqual([
      "alpha.mailkeep.test",
      "bravo.mailkeep.test",
    ]);
  },
);

test("apt reads the settings of upgrades", { timeout: 60_000 }, async () => {
  const { code, stdout } = await inMachine("apt-config", "dump", "Unattended-Upgrade::Automatic-Reboot-Time");
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'Unattended-Upgrade::Automatic-Reboot-Time "02:30";\n' });
});

test("sysctl knows every name", { timeout: 60_000 }, async () => {
  const { content = "" } = FILES.find(({ path }) => path.includes("sysctl.d")) ?? {};
  const names = [...literal(content).matchAll(/^([a-z0-9._]+) = /gm)].map(
    ([, name]) => `/proc/sys/${name?.replaceAll(".", "/")}`,
  );
  expect(names.length).toBeGreaterThan(15);
  // Of Debian 13's kernel, but perhaps not of the one that this test runs on.
  const optional = ["kernel/yama/ptrace_scope", "kernel/unprivileged_bpf_disabled"].map((name) => `/proc/sys/${name}`);
  const { output } = await inMachine("ls", "-d", ...names.filter((name) => !optional.includes(name)));
  expect(output).not.toContain("No such file");
});

test("cloud-init takes the user data", { timeout: 120_000 }, async () => {
  const disk = { ...CLOUD_INIT, emptyMailDisk: "/dev/disk/by-id/google-mail" };
  for (const args of [CLOUD_INIT, disk]) {
    await put("/tmp/user-data", renderCloudInit(args));
    const { code, output } = await inMachine("cloud-init", "schema", "--config-file", "/tmp/user-data");
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining("Valid schema") as string });
  }
  await put("/tmp/user-data", renderCloudInit(CLOUD_INIT).replace("ssh_pwauth: false", "ssh_pwauth: [1]"));
  expect((await inMachine("cloud-init", "schema", "--config-file", "/tmp/user-data")).code).not.toBe(0);
});

test("the first start of an instance brings cloud-init and starts anew, a later one does nothing", async () => {
  // Only these programs are there, and each writes down what it was asked.
  const stub = '#!/bin/sh\necho "$(basename "$0") $*" >> /tmp/asked\n';
  const stubs = async (...names: readonly string[]): Promise<void> => {
    await succeed("docker", ["exec", CONTAINER, "rm", "-rf", "/tmp/stubs", "/tmp/asked"]);
    for (const name of names) await put(`/tmp/stubs/${name}`, stub);
    await succeed("docker", [
      "exec",
      CONTAINER,
      "sh",
      "-c",
      "chmod 755 /tmp/stubs/* && ln -s /bin/basename /tmp/stubs/",
    ]);
  };
  await put("/tmp/startup", STARTUP_SCRIPT);
  const start = async (): Promise<string> => {
    const { code, output } = await inMachine("env", "PATH=/tmp/stubs", "/bin/sh", "/tmp/startup");
    expect({ code, output }).toMatchObject({ code: 0 });
    return (await inMachine("cat", "/tmp/asked")).stdout;
  };
  await stubs("apt-get", "systemctl");
  expect(await start()).toBe(
    "apt-get update\napt-get install --yes --no-install-recommends cloud-init\nsystemctl reboot\n",
  );
  expect((await inMachine("cat", "/etc/cloud/cloud.cfg.d/99-mailkeep.cfg")).stdout).toBe(
    "network: {config: disabled}\n",
  );
  await stubs("apt-get", "systemctl", "cloud-init");
  expect(await start()).toBe("");
}, 60_000);
