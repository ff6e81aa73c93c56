/** A machine with an SSH server, as a container: its Docker is this machine's, its user and files are its own. */
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Connection } from "../../providers/compose/ssh-client.ts";
import { prepare } from "../../tools/offline/index.ts";
import { buildFakeImage, NAME, succeed, run } from "./compose-stack.ts";
import { buildMachineImage } from "./machine-image.ts";

const IMAGE = `${NAME}-ssh:1`;
const CONTAINER = `${NAME}-ssh`;

export interface SshMachine {
  /** As the machine is known once it has had its first contact. */
  readonly connection: Connection;
  /** What it shows until then, and what it is given. */
  readonly firstContact: { readonly hostKey: string; readonly privateKey: string };
  /** At the same path here and there, for the Docker of both is one. */
  readonly folder: string;
  /** A file system of its own there. */
  readonly mailFolder: string;
  /** Output of a command there. */
  readonly exec: (...command: readonly string[]) => Promise<string>;
  /** What the SSH server says. */
  readonly log: () => Promise<string>;
  /** The key that it may be given later. */
  readonly next: { readonly hostKey: string; readonly privateKey: string };
  /** Gives the SSH server another host key. */
  readonly changeHostKey: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

export async function makeSshMachine(): Promise<SshMachine> {
  const { baseImage } = await prepare({ needs: ["docker", "compose", "baseImage"] });
  const folder = await mkdtemp(join(tmpdir(), `${NAME}-ssh-`));
  const at = (...parts: string[]): string => join(folder, ...parts);
  await Promise.all(["fake", "mail"].map((part) => mkdir(at(part))));
  for (const name of ["first", "host", "next", "other", "identity"]) {
    await succeed("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", at(name)]);
  }
  if (baseImage === undefined) throw new Error("There is no base image.");
  await buildFakeImage(at("fake"), baseImage.tag);
  await buildMachineImage(IMAGE, at("image"), baseImage.tag);
  await succeed("docker", ["network", "create", "--subnet", "10.213.8.0/24", CONTAINER]);
  const mounts = ["/var/run/docker.sock:/var/run/docker.sock", `${folder}:${folder}`, `${at("mail")}:${at("mail")}`];
  const options = ["--name", CONTAINER, "--network", CONTAINER, ...mounts.flatMap((mount) => ["--volume", mount])];
  await succeed("docker", ["create", ...options, IMAGE]);
  const exec = async (...command: readonly string[]): Promise<string> =>
    await succeed("docker", ["exec", CONTAINER, ...command]);
  const use = async (name: string): Promise<void> => {
    await succeed("docker", ["cp", at(name), `${CONTAINER}:/etc/ssh/ssh_host_ed25519_key`]);
  };
  await use("first");
  await succeed("docker", ["start", CONTAINER]);
  // Without a first start by systemd it would be waited for in vain.
  await exec("rm", "/usr/bin/cloud-init");
  await exec("install", "-d", "-o", "mailkeep", "-m", "0700", "/home/mailkeep/.ssh");
  await exec("install", "-o", "mailkeep", "-m", "0600", at("identity.pub"), "/home/mailkeep/.ssh/authorized_keys");
  return {
    connection: {
      address: "10.213.8.2",
      port: 22,
      user: "mailkeep",
      hostKey: (await readFile(at("host.pub"), "utf8")).trim(),
      identity: await readFile(at("identity"), "utf8"),
    },
    firstContact: {
      hostKey: (await readFile(at("first.pub"), "utf8")).trim(),
      privateKey: await readFile(at("host"), "utf8"),
    },
    next: {
      hostKey: (await readFile(at("next.pub"), "utf8")).trim(),
      privateKey: await readFile(at("next"), "utf8"),
    },
    folder,
    mailFolder: at("mail"),
    exec,
    log: async () => (await run("docker", ["logs", CONTAINER])).output,
    changeHostKey: async () => {
      await use("other");
      await succeed("docker", ["restart", "--time", "1", CONTAINER]);
    },
    remove: async () => {
      await run("docker", ["rm", "--force", CONTAINER]);
      await run("docker", ["network", "rm", CONTAINER]);
      await run("docker", ["image", "rm", "--force", IMAGE]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
