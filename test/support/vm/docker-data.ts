/**
 * A disk on which Docker has images already. Through an emulated machine's SSH and Docker all images of a site take many
 * minutes; an engine of its own loads them here in one, into a folder that becomes the disk.
 */
import { createHash } from "node:crypto";
import { spawn } from "node:child_process";
import { mkdir, readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { cacheRoot, once } from "../../../tools/offline/cache.ts";
import type { BuiltImage } from "../../../tools/images/index.ts";
import { run, succeed } from "../../engine/compose-stack.ts";
import { until } from "../system.ts";

const PREFIX = "vm-docker-";
const DISK = "docker.ext4";
/** Label of its file system. */
export const DOCKER_LABEL = "docker";
/** Almost all holes. */
const SIZE = "8G";
const ENGINE_MS = 10 * 60_000;

/** The path of such a disk, from the cache where the same images were put on one before. */
export async function diskWithImages(images: readonly BuiltImage[]): Promise<string> {
  const identity = JSON.stringify(images.map(({ tag, id }) => [tag, id]).toSorted());
  const name = `${PREFIX}${createHash("sha256").update(identity).digest("hex").slice(0, 12)}`;
  const folder = await once([name], async (draft) => {
    const data = join(draft, "data");
    await mkdir(data);
    await withEngine(draft, data, (socket) => load(socket, images));
    await succeed("mkfs.ext4", ["-q", "-F", "-L", DOCKER_LABEL, "-d", data, join(draft, DISK), SIZE]);
    for (const made of [data, join(draft, "exec")]) await rm(made, { recursive: true, force: true });
  });
  await removeOthers(basename(folder));
  return join(folder, DISK);
}

/**
 * Runs an engine that touches nothing of this machine but a folder. It has a network of its own, where nothing is: told to have
 * no bridge, it deletes the one that it finds, which is the bridge of the engine beside it.
 */
async function withEngine(folder: string, data: string, work: (socket: string) => Promise<void>): Promise<void> {
  const socket = `unix://${join(folder, "docker.sock")}`;
  const apart = ["--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false"];
  const places = ["--data-root", data, "--exec-root", join(folder, "exec"), "--pidfile", join(folder, "docker.pid")];
  const args = [...apart, ...places, "--storage-driver=overlay2", "--host", socket];
  const engine = spawn("unshare", ["--net", "dockerd", ...args], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const end = { said: "", over: false };
  engine.stderr.setEncoding("utf8").on("data", (text: string) => (end.said = (end.said + text).slice(-4000)));
  const ended = new Promise<void>((resolve) => {
    const over = (): void => {
      end.over = true;
      resolve();
    };
    engine.on("error", (error) => {
      end.said += error.message;
      over();
    });
    engine.on("exit", over);
  });
  try {
    const answers = async (): Promise<boolean> =>
      end.over || (await run("docker", ["--host", socket, "version"])).code === 0;
    await until("an engine of its own answers", answers, ENGINE_MS);
    if (end.over) throw new Error(`An engine of its own does not start:\n${end.said}`);
    await work(socket);
  } finally {
    engine.kill("SIGTERM");
    await ended;
  }
}

async function load(socket: string, images: readonly BuiltImage[]): Promise<void> {
  const tags = images.map(({ tag }) => tag);
  const pipe = 'set -o pipefail; socket=$1; shift; docker save "$@" | docker --host "$socket" load --quiet';
  await succeed("bash", ["-c", pipe, "bash", socket, ...tags]);
}

/** One set of images is enough; it is as large as they are. */
async function removeOthers(kept: string): Promise<void> {
  for (const name of await readdir(cacheRoot())) {
    if (name.startsWith(PREFIX) && name !== kept && !name.endsWith(".lock")) {
      await rm(join(cacheRoot(), name), { recursive: true, force: true });
    }
  }
}
