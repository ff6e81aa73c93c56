/** A machine with an SSH server, as a container: its Docker is this machine's, its user and files are its own. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Connection } from "../../providers/compose/ssh-client.ts";
import { withBuildNetwork } from "../../tools/offline/build-network.ts";
import { prepare } from "../../tools/offline/index.ts";
import { run as runner } from "../../tools/offline/run.ts";
import { buildFakeImage, NAME, succeed, run } from "./compose-stack.ts";

const IMAGE = `${NAME}-ssh:1`;
const CONTAINER = `${NAME}-ssh`;

export interface SshMachine {
  readonly connection: Connection;
  /** At the same path here and there, for the Docker of both is one. */
  readonly folder: string;
  /** A file system of its own there. */
  readonly mailFolder: string;
  /** Output of a command there. */
  readonly exec: (...command: readonly string[]) => Promise<string>;
  /** Gives the SSH server another host key. */
  readonly changeHostKey: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

const DOCKERFILE = `ARG BASE
FROM $BASE
RUN apt-get update && apt-get install -y --no-install-recommends openssh-server sudo docker-cli docker-compose \\
 && rm -rf /var/lib/apt/lists/* /etc/ssh/ssh_host_*
RUN useradd --create-home --shell /bin/sh mailkeep && mkdir -p /run/sshd \\
 && echo 'mailkeep ALL=(ALL) NOPASSWD:ALL' > /etc/sudoers.d/mailkeep
CMD ["/usr/sbin/sshd", "-D", "-e", "-h", "/etc/ssh/host_key"]
`;

export async function makeSshMachine(): Promise<SshMachine> {
  const { baseImage } = await prepare({ needs: ["docker", "compose", "baseImage"] });
  const folder = await mkdtemp(join(tmpdir(), `${NAME}-ssh-`));
  const at = (...parts: string[]): string => join(folder, ...parts);
  await Promise.all(["image", "fake", "mail"].map((part) => mkdir(at(part))));
  for (const name of ["host", "other", "identity"]) {
    await succeed("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", at(name)]);
  }
  await writeFile(at("image", "Dockerfile"), DOCKERFILE);
  if (baseImage === undefined) throw new Error("There is no base image.");
  await buildFakeImage(at("fake"), baseImage.tag);
  await withBuildNetwork(runner, async (args) => {
    await succeed("docker", [
      "build",
      "--quiet",
      "--build-arg",
      `BASE=${baseImage.tag}`,
      ...args,
      "--tag",
      IMAGE,
      at("image"),
    ]);
  });
  await succeed("docker", ["network", "create", "--subnet", "10.213.8.0/24", CONTAINER]);
  const mounts = ["/var/run/docker.sock:/var/run/docker.sock", `${folder}:${folder}`, `${at("mail")}:${at("mail")}`];
  const options = ["--name", CONTAINER, "--network", CONTAINER, ...mounts.flatMap((mount) => ["--volume", mount])];
  await succeed("docker", ["create", ...options, IMAGE]);
  const exec = async (...command: readonly string[]): Promise<string> =>
    await succeed("docker", ["exec", CONTAINER, ...command]);
  const use = async (name: string): Promise<void> => {
    await succeed("docker", ["cp", "--quiet", at(name), `${CONTAINER}:/etc/ssh/host_key`]).catch(
      async () => await succeed("docker", ["cp", at(name), `${CONTAINER}:/etc/ssh/host_key`]),
    );
  };
  await use("host");
  await succeed("docker", ["start", CONTAINER]);
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
    folder,
    mailFolder: at("mail"),
    exec,
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
