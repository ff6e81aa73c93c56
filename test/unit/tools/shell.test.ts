/** Pulumi as `npm run shell` has it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../../tools/paths.ts";

const SHELL = join(ROOT, "tools", "shell");
const PACK = ["--policy-pack", join(ROOT, "policy")];
let real: string;

beforeAll(() => {
  real = mkdtempSync(join(tmpdir(), "mailkeep-shell-"));
  writeFileSync(join(real, "pulumi"), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
});
afterAll(() => rmSync(real, { recursive: true }));

/** What the real one is told. */
function told(...args: readonly string[]): readonly string[] {
  const env = { PATH: `${SHELL}:${real}:${process.env["PATH"] ?? ""}`, PULUMI_STACK: "club" };
  const { stdout } = spawnSync("pulumi", args, { env, encoding: "utf8" });
  return stdout.trimEnd().split("\n");
}

describe("pulumi in the shell", () => {
  it.each(["preview", "up", "update"])("has %s judged by the policy packs", (command) =>
    expect(told(command, "--diff", "--message", "two words")).toEqual([
      command,
      ...PACK,
      ...["--diff", "--message", "two words"],
    ]),
  );

  it.each([["-s", "club"], ["--stack", "club"], ["--stack=club"]])("takes the stack's own rules: %s", (...named) => {
    const rules = join(ROOT, "stacks", "policy.club.json");
    writeFileSync(rules, "{}", { flag: "wx" });
    try {
      expect(told("up", ...named)).toEqual(["up", ...PACK, "--policy-pack-config", rules, ...named]);
      expect(told("up", "--stack", "other")).toEqual(["up", ...PACK, "--stack", "other"]);
    } finally {
      rmSync(rules);
    }
  });

  it("does everything else as it is told, and takes other packs", () => {
    expect(told("stack", "output", "dns")).toEqual(["stack", "output", "dns"]);
    expect(told("up", "--policy-pack", "mine")).toEqual(["up", "--policy-pack", "mine"]);
    expect(told("destroy")).toEqual(["destroy"]);
  });
});
