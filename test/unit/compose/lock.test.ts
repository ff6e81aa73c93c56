import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Log } from "../../../providers/compose/engine.ts";
import { localHost } from "../../../providers/compose/local-host.ts";
import { isGone, withLock } from "../../../providers/compose/lock.ts";

const host = localHost({});
let directory: string;
let warnings: string[];
const log: Log = { status() {}, info() {}, warn: (message) => warnings.push(message) };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "mailkeep-lock-"));
  warnings = [];
});
afterEach(async () => await rm(directory, { recursive: true }));

const held = async (): Promise<string> => await readFile(join(directory, "lock"), "utf8").catch(() => "none");
const DEAD = { pid: 2 ** 22 + 1, started: "1", machine: hostname(), since: "2001-02-03T04:05:06Z" };

describe("a lock", () => {
  test("is held while the work lasts, and given back when it fails", async () => {
    const work = withLock(host, directory, log, async () => {
      expect(JSON.parse(await held())).toMatchObject({ pid: process.pid, machine: hostname() });
      throw new Error("failed");
    });
    await expect(work).rejects.toThrow("failed");
    expect(await held()).toBe("none");
  });

  test("of a run that lasts is respected", async () => {
    await withLock(host, directory, log, async () => {
      await expect(withLock(host, directory, log, async () => {})).rejects.toThrow(
        `Another run is changing this release: process ${process.pid} on ${hostname()}`,
      );
    });
  });

  test("of a run on another machine is respected too, and the sentence names the file", async () => {
    await writeFile(join(directory, "lock"), JSON.stringify({ ...DEAD, machine: "elsewhere" }));
    await expect(withLock(host, directory, log, async () => {})).rejects.toThrow("delete that file");
  });

  test.each([
    ["whose process is gone", JSON.stringify(DEAD)],
    ["that was cut off", '{"pid":'],
  ])("%s is taken over", async (_, text) => {
    await writeFile(join(directory, "lock"), text);
    await withLock(host, directory, log, async () => {});
    expect(warnings).toEqual([expect.stringMatching(/^Took over the lock of .* has ended\.$/)]);
    expect(await held()).toBe("none");
  });
});

test("a process id that is in use again does not keep a lock alive", () => {
  expect(isGone(DEAD, hostname(), () => "1")).toBe(false);
  expect(isGone(DEAD, hostname(), () => "2")).toBe(true);
  expect(isGone(DEAD, hostname(), () => undefined)).toBe(true);
  expect(isGone(DEAD, "elsewhere", () => undefined)).toBe(false);
});
