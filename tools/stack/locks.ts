/** Locks that a killed `pulumi up` left behind in the file backend. */
import { readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { fail, say } from "../console.ts";
import { BACKEND } from "./environment.ts";

const lockSchema = z.looseObject({ pid: z.int(), hostname: z.string() });

/** What locks are judged by. Exchanged in tests only. */
export interface LockWorld {
  /** Folder of the file backend. */
  readonly backend: string;
  readonly hostname: string;
  /** Whether a process of this machine is a Pulumi that runs. */
  readonly runs: (pid: number) => Promise<boolean>;
}

/**
 * Takes away the stack's locks whose owner is dead.
 *
 * @throws SentenceError when another process is at work on the stack
 */
export async function clearDeadLocks(
  stack: string,
  world: LockWorld = { backend: BACKEND, hostname: hostname(), runs: pulumiRuns },
): Promise<void> {
  const folder = join(world.backend, ".pulumi", "locks", "organization", "mailkeep", stack);
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((file) => file.endsWith(".json"))) {
    const path = join(folder, name);
    const lock = lockSchema.safeParse(parseJson(await readFile(path, "utf8")));
    if (!lock.success || lock.data.hostname !== world.hostname || (await world.runs(lock.data.pid))) {
      const owner = lock.success ? `process ${lock.data.pid} on ${lock.data.hostname}` : "something";
      fail(
        `The stack ${stack} is locked: ${owner} is at work on it. Wait for it to end, then try again. If it is gone for good, delete ${path}.`,
      );
    }
    say(
      `The last run on ${stack} was killed (process ${lock.data.pid}): its lock is taken away, and this run goes on from there.`,
    );
    await Promise.all([rm(path), rm(`${path}.attrs`, { force: true })]);
  }
}

/** A process number comes round again, so where the system tells, a process that is no Pulumi is not the lock's owner. */
async function pulumiRuns(pid: number): Promise<boolean> {
  const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => undefined);
  return name === undefined ? isAlive(pid) : name.startsWith("pulumi");
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Undefined for text that is none, such as a lock that is just being written. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
