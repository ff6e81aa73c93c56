/** Locks of Pulumi's file backend: a dead owner's goes, a living one's stays. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { SentenceError } from "../../../tools/console.ts";
import { clearDeadLocks, type LockWorld } from "../../../tools/stack/locks.ts";

let backend: string;
let locks: string;

beforeEach(async () => {
  backend = await mkdtemp(join(tmpdir(), "mailkeep-locks-"));
  locks = join(backend, ".pulumi", "locks", "organization", "mailkeep", "local");
  await mkdir(locks, { recursive: true });
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(backend, { recursive: true });
});

const lock = (owner: object): Promise<void> => writeFile(join(locks, "1.json"), JSON.stringify(owner));
const world = (running: readonly number[]): LockWorld => ({
  backend,
  hostname: "here",
  runs: (pid) => Promise.resolve(running.includes(pid)),
});

it("nothing is done where nothing is locked", async () => {
  await clearDeadLocks("local", world([]));
  await clearDeadLocks("never-made", world([]));
});

it("the lock of a dead process is taken away, with what the backend says of it", async () => {
  await lock({ pid: 4711, hostname: "here", username: "ann" });
  await writeFile(join(locks, "1.json.attrs"), "{}");
  await clearDeadLocks("local", world([]));
  expect(await readdir(locks)).toEqual([]);
});

it("the lock of a running process stays, and the user is told whose it is", async () => {
  await lock({ pid: 4711, hostname: "here" });
  const cleared = clearDeadLocks("local", world([4711]));
  await expect(cleared).rejects.toThrow(SentenceError);
  await expect(cleared).rejects.toThrow("The stack local is locked: process 4711 on here is at work on it.");
  expect(await readdir(locks)).toEqual(["1.json"]);
});

it("the lock of another machine stays: its processes cannot be seen from here", async () => {
  await lock({ pid: 4711, hostname: "elsewhere" });
  await expect(clearDeadLocks("local", world([]))).rejects.toThrow("process 4711 on elsewhere is at work on it");
});

it.each(["", '{"pid": 47', '{"owner": "x"}'])("a lock with the text %j stays, with a sentence", async (text) => {
  await writeFile(join(locks, "1.json"), text);
  await expect(clearDeadLocks("local", world([]))).rejects.toThrow(/^The stack local is locked: something is at work/);
});

it("locks of other stacks and other files are left alone", async () => {
  const other = join(locks, "..", "staging");
  await mkdir(other);
  await writeFile(join(other, "1.json"), "{}");
  await writeFile(join(locks, "notes.txt"), "");
  await clearDeadLocks("local", world([]));
  expect(await readdir(other)).toEqual(["1.json"]);
  expect(await readdir(locks)).toEqual(["notes.txt"]);
});

it("a process that took over the number of a dead Pulumi does not count as its owner", async () => {
  await lock({ pid: process.pid, hostname: hostname() });
  vi.resetModules();
  vi.doMock("../../../tools/stack/environment.ts", () => ({ BACKEND: backend }));
  const { clearDeadLocks: clear } = await import("../../../tools/stack/locks.ts");
  await clear("local");
  expect(await readdir(locks)).toEqual([]);
  vi.doUnmock("../../../tools/stack/environment.ts");
});
