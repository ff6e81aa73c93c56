import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { policyArguments, unasked } from "../../../tools/stack/policy.ts";

const root = mkdtempSync(join(tmpdir(), "mailkeep-policy-"));
mkdirSync(join(root, "stacks"));
writeFileSync(join(root, "stacks", "policy.production.json"), "{}");
afterAll(() => {
  rmSync(root, { recursive: true });
});

describe("what Pulumi is told of the packs", () => {
  it("is one folder with all of them", () =>
    expect(policyArguments("local", root)).toEqual(["--policy-pack", "policy"]));

  it("is the stack's own configuration as well, where there is one", () =>
    expect(policyArguments("production", root)).toEqual([
      "--policy-pack",
      "policy",
      "--policy-pack-config",
      "stacks/policy.production.json",
    ]));

  it("leaves the preview of a stack that somebody depends on alone", () => {
    expect(unasked("local-test")).toEqual(["--yes", "--skip-preview"]);
    expect(unasked("production")).toEqual(["--yes"]);
  });
});
