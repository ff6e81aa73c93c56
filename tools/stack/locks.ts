/** Locks that a killed `pulumi up` left behind in the file backend. */
import { readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { fail, say } from "../console.ts";
import { BACKEND } from "./environment.ts";

const lockSchema = z.looseObject({ pid: z.int(), hostname: z.string() });

/**
 * Takes away the stack's locks whose owner is dead.
 *
 * @throws SentenceError when another process is at work on the stack
 */
export async function clearDeadLocks(stack: string): Promise<void> {
  const folder = join(BACKEND, ".pulumi", "locks", "organization", "mailkeep", stack);
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((file) => file.endsWith(".json"))) {
    const path = join(folder, name);
    const lock = lockSchema.safeParse(JSON.parse(await readFile(path, "utf8")));
    if (!lock.success || lock.data.hostname !== hostname() || isAlive(lock.data.pid)) {
      const owner = lock.success ? `process ${lock.data.pid} on ${lock.data.hostname}` : "something";
      fail(`The stack ${stack} is locked: ${owner} is at work on it. Wait for it to end, then try again.`);
    }
    say(
      `The last run on ${stack} was killed (process ${lock.data.pid}): its lock is taken away, and this run goes on from there.`,
    );
    await rm(path);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
