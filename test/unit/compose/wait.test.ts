import { describe, expect, test } from "vitest";
import { judge, parseState } from "../../../providers/compose/wait.ts";
import type { KeeperState } from "../../../providers/compose/wait.ts";

const STARTED = "2026-01-01T00:00:00.5Z";
const state: KeeperState = {
  release: "new",
  refused: null,
  status: "running",
  healthy: true,
  reloading: false,
  at: "2026-01-01T00:00:01Z",
};

describe("a keeper", () => {
  test("is healthy when it serves the release and says so", () => {
    expect(judge(state, "new", STARTED)).toEqual({ kind: "healthy" });
  });

  test.each<[string, KeeperState | undefined, string]>([
    ["has not reported yet", undefined, "its keeper has not reported yet"],
    ["reported before its container was started", { ...state, at: "2026-01-01T00:00:00Z" }, "its keeper is starting"],
    ["serves another release", { ...state, release: "old" }, "its keeper has not taken the new configuration yet"],
    ["has yet to tell its daemon", { ...state, reloading: true }, "its daemon is taking the new configuration"],
    ["refused another release", { ...state, refused: { release: "old", message: "x" }, healthy: false }, "running"],
    [
      "has a failing check",
      {
        ...state,
        healthy: false,
        status: "starting",
        checks: [{ name: "smtp", ok: false, message: "connection refused" }],
      },
      "starting, check smtp: connection refused",
    ],
    [
      "has an error",
      { ...state, healthy: false, status: "failed", lastError: "exit status 1" },
      "failed, exit status 1",
    ],
  ])("is waited for when it %s", (_, found, why) => {
    expect(judge(found, "new", STARTED)).toEqual({ kind: "waiting", why });
  });

  test("that refused the release is not waited for, whatever it serves", () => {
    const refused = { ...state, release: "old", refused: { release: "new", message: "line 1: bad" } };
    expect(judge(refused, "new", STARTED)).toEqual({ kind: "refused", message: "line 1: bad", serving: "old" });
  });
});

test.each([undefined, "", "{", "{}", '{"status":1}'])("the state %j says nothing", (text) => {
  expect(parseState(text)).toBeUndefined();
});
