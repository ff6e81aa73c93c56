/** This machine. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { chmod, chown, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Finished, Host, RunOptions } from "./host.ts";
import { MODE } from "./layout.ts";
import type { Tree } from "./layout.ts";

const running = new Set<ChildProcess>();

/** Ends what this process started, for when it must end itself. */
export function endChildren(): void {
  for (const child of running) child.kill("SIGTERM");
}

export function localHost(environment: NodeJS.ProcessEnv): Host {
  const docker = [environment["MAILKEEP_DOCKER"] ?? "docker"];
  const compose = environment["MAILKEEP_COMPOSE"];
  return {
    name: "this machine",
    docker,
    compose: compose === undefined ? [...docker, "compose"] : [compose],
    run,
    putTree,
    readFiles: async (paths) => {
      const found = await Promise.all(paths.map(async (path) => [path, await readIfThere(path)] as const));
      return new Map(found.flatMap(([path, content]) => (content === undefined ? [] : [[path, content]])));
    },
  };
}

function run(command: readonly string[], { input, timeoutSeconds = 60 }: RunOptions = {}): Promise<Finished> {
  const [program = "", ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(program, args, { timeout: timeoutSeconds * 1000, stdio: ["pipe", "pipe", "pipe"] });
    running.add(child);
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const finish = (code: number, message = ""): void => {
      running.delete(child);
      resolve({ code, stdout, stderr: stderr + message });
    };
    child.on("error", (error: NodeJS.ErrnoException) => finish(error.code === "ENOENT" ? 127 : 126, error.message));
    child.on("close", (code, signal) =>
      finish(code ?? 128, signal === null ? "" : `\nended by ${signal}; it had ${timeoutSeconds} s`),
    );
    // A program that does not read its input is not an error.
    child.stdin.on("error", () => {});
    child.stdin.end(input ?? "");
  });
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
