/** This machine. */
import { chmod, chown, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Host } from "./host.ts";
import { MODE } from "./layout.ts";
import type { Tree } from "./layout.ts";
import { runProcess } from "./process.ts";

/** @param environment which may name other commands: `MAILKEEP_DOCKER`, `MAILKEEP_COMPOSE` */
export function localHost(environment: NodeJS.ProcessEnv): Host {
  const docker = [environment["MAILKEEP_DOCKER"] ?? "docker"];
  const compose = environment["MAILKEEP_COMPOSE"];
  return {
    name: "this machine",
    docker,
    compose: compose === undefined ? [...docker, "compose"] : [compose],
    run: runProcess,
    putTree,
    readFiles: async (paths) => {
      const found = await Promise.all(paths.map(async (path) => [path, await readIfThere(path)] as const));
      return new Map(found.flatMap(([path, content]) => (content === undefined ? [] : [[path, content]])));
    },
  };
}

async function putTree(folder: string, { uid, files }: Tree): Promise<void> {
  const [fresh, old] = [`${folder}.new`, `${folder}.old`];
  await Promise.all([fresh, old].map((path) => rm(path, { recursive: true, force: true })));
  const folders = new Set([fresh, ...files.flatMap(({ path }) => foldersAbove(join(fresh, path), fresh))]);
  for (const path of folders) await mkdir(path, { recursive: true });
  for (const { path, content, mode } of files) {
    const target = join(fresh, path);
    // Born unreadable for others, so that a secret is never open, not even for a moment.
    await writeFile(target, content, { mode: MODE.secretFile });
    await chmod(target, mode);
    await chown(target, uid, uid);
  }
  for (const path of folders) {
    await chown(path, uid, uid);
    await chmod(path, MODE.folder);
  }
  await rename(folder, old).catch(ignoreMissing);
  await rename(fresh, folder);
  await rm(old, { recursive: true, force: true });
}

function foldersAbove(path: string, root: string): string[] {
  const parent = dirname(path);
  return parent === root ? [] : [...foldersAbove(parent, root), parent];
}

async function readIfThere(path: string): Promise<string | undefined> {
  return await readFile(path, "utf8").catch(ignoreMissing);
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
    return undefined;
  throw error;
}
