/** What `status` makes of the files that keepers write. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { workloadHealth } from "../../../tools/site/state.ts";

let release: string;
beforeEach(async () => {
  release = await mkdtemp(join(tmpdir(), "mailkeep-state-"));
  await mkdir(join(release, "state", "mx"), { recursive: true });
});
afterEach(() => rm(release, { recursive: true }));

const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();

/** As a keeper writes it, with something changed. */
async function health(changes: object): Promise<object> {
  const state = {
    name: "mx",
    release: "abc",
    refused: null,
    status: "running",
    healthy: true,
    ready: true,
    restarts: 2,
    since: ago(60),
    at: ago(1),
    version: "1.0",
    checks: [{ name: "smtp", ok: true, message: "", ms: 3 }],
    lastError: null,
    ...changes,
  };
  await writeFile(join(release, "state", "mx", "state.json"), JSON.stringify(state));
  return workloadHealth(release, "mx");
}

const WELL = { name: "mx", healthy: true, version: "1.0", restarts: 2, trouble: "" };
const GONE = { name: "mx", healthy: false, version: "", restarts: 0 };

describe("a workload", () => {
  it("is healthy when its keeper says so", async () => expect(await health({})).toEqual(WELL));

  it("is healthy while a job has to try again, and its trouble is told", async () =>
    expect(
      await health({
        ready: false,
        job: { failures: 2 },
        lastError: `issue ended with exit status 75: no address yet`,
      }),
    ).toEqual({
      ...WELL,
      trouble: "no address yet",
    }));

  it("is told with every check that fails", async () =>
    expect(
      await health({
        healthy: false,
        status: "unhealthy",
        checks: [
          { name: "smtp", ok: false, message: "no answer within 3 s", ms: 3000 },
          { name: "other", ok: false },
        ],
        lastError: "ended by signal 9",
      }),
    ).toEqual({
      ...WELL,
      healthy: false,
      trouble: "smtp: no answer within 3 s; other: failed; ended by signal 9",
    }));

  it("has its status for a reason where there is no other", async () =>
    expect(await health({ healthy: false, status: "starting", checks: null })).toEqual({
      ...WELL,
      healthy: false,
      trouble: "starting",
    }));

  it("may be healthy with the last good configuration, and says what was refused", async () =>
    expect(await health({ refused: { release: "def", message: "unknown word in line 3" } })).toEqual({
      ...WELL,
      trouble: "configuration refused: unknown word in line 3",
    }));

  it("has stopped when its keeper is silent", async () => {
    expect(await health({ at: ago(19) })).toEqual(WELL);
    expect(await health({ at: ago(21) })).toEqual({ ...GONE, trouble: "stopped" });
  });

  it("does not run where there is no state", async () =>
    expect(await workloadHealth(release, "edge")).toEqual({ ...GONE, name: "edge", trouble: "not running" }));

  it("is not healthy when its time is none", async () =>
    expect(await health({ at: "yesterday" })).toEqual({ ...GONE, trouble: "its state cannot be read" }));

  it.each(["", "{", "[]", '{"healthy":true}'])("is not healthy with the state %j", async (text) => {
    await writeFile(join(release, "state", "mx", "state.json"), text);
    expect(await workloadHealth(release, "mx")).toEqual({ ...GONE, trouble: "its state cannot be read" });
  });
});
