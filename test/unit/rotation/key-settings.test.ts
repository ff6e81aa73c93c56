/** Steps in the text of a stack's file. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { withKeyChange } from "../../../tools/stack/key-settings.ts";
import type { Change } from "../../../tools/rotation/step.ts";

const templateText = (name: string): string =>
  readFileSync(new URL(`../../../stacks/${name}.yaml`, import.meta.url), "utf8");
const TEMPLATE = templateText("local");
const SECRET = `  mailkeep:passwordHashes:\n    ann@home.test:\n      secure: v1:${"x".repeat(300)}\n`;
const fileSchema = z.object({ config: z.record(z.string(), z.unknown()) });
const dkim = {
  kind: "dkim",
  domain: "club.test",
  algorithm: "rsa",
  selector: "s1",
  standby: ["s2"],
  retired: [],
} as const;
const OWN = { ...dkim, domain: "mailkeep.test" };

/** The lines that a change takes out and puts in. */
function difference(before: string, change: Change): { out: string[]; in: string[] } {
  const [old, changed] = [before.split("\n"), withKeyChange(before, change).split("\n")];
  return {
    out: old.filter((line) => !changed.includes(line)),
    in: changed.filter((line) => !old.includes(line)),
  };
}

describe("a step in the stack's file", () => {
  it.each([
    ["dkim", { ...dkim, standby: ["s2", "s3"] }, ["      dkimSelector: s1", "      dkimStandby: [s2, s3]"]],
    [
      "dkim, of Ed25519",
      { ...dkim, algorithm: "ed25519", selector: "e1", standby: ["e2", "e3"] },
      ["      ed25519Selector: e1", "      ed25519Standby: [e2, e3]"],
    ],
    ["dkim, of the sites' own domain", OWN, ["    infrastructure:", "      dkimSelector: s1"]],
    ["tls", { kind: "tls", site: "bravo", serves: 1, standby: [2] }, ["    - site: bravo", "      serves: 1"]],
    ["ca", { kind: "ca", signs: 2, believed: [1] }, ["    linkAuthority:", "      signs: 2"]],
    ["ssh", { kind: "ssh", site: "alpha", number: 2 }, ["    ssh:", "      alpha: 2"]],
    ["deploy", { kind: "deploy", uses: 2, letIn: [1] }, ["    deploy:", "      uses: 2", "      letIn: [1]"]],
    ["link", { kind: "link", site: "alpha", number: 2 }, ["    link:", "      alpha: 2"]],
    ["srs", { kind: "srs", generation: 2, believeLast: false }, ["    srs: 2", "    srsBelieveLast: false"]],
  ] satisfies [string, Change, string[]][])("of %s adds its lines and touches no other", (_, change, lines) => {
    const found = difference(TEMPLATE + SECRET, change);
    expect(found.out).toEqual([]);
    expect(found.in).toEqual(expect.arrayContaining(lines));
  });

  it.each(["staging", "production"])("changes its own lines of the template %s alone, whose comments stay", (name) => {
    const text = templateText(name);
    expect(difference(text, { kind: "tls", site: "alpha", serves: 2, standby: [1] })).toEqual({
      out: ["      serves: 1 # number of the key in use", "      standby: [2] # of those that are published besides"],
      in: ["      serves: 2 # number of the key in use", "      standby: [1] # of those that are published besides"],
    });
    const domain = name === "production" ? "club.example" : "staging.example";
    expect(difference(text, { ...dkim, domain, selector: "s2", standby: ["s1"] })).toEqual({
      out: ["      dkimSelector: s1 # name of the key that signs", "      dkimStandby: [s2]"],
      in: ["      dkimSelector: s2 # name of the key that signs", "      dkimStandby: [s1]"],
    });
  });

  it("changes entries that are there, and takes empty lists out", () => {
    const config = (text: string): Record<string, unknown> => fileSchema.parse(parse(text)).config;
    const used = withKeyChange(TEMPLATE, { ...dkim, selector: "s2", standby: [], retired: ["s1"] });
    const again = withKeyChange(used, { ...dkim, selector: "s3", standby: ["s2"] });
    expect(config(again)["mailkeep:domains"]).toContainEqual({
      name: "club.test",
      dkimSelector: "s3",
      dkimStandby: ["s2"],
    });
    const tls = withKeyChange(TEMPLATE, { kind: "tls", site: "bravo", serves: 1, standby: [2] });
    const both = withKeyChange(tls, { kind: "tls", site: "alpha", serves: 1, standby: [2] });
    const served = withKeyChange(both, { kind: "tls", site: "bravo", serves: 2, standby: [] });
    expect(config(served)["mailkeep:tlsKeys"]).toEqual([
      { site: "bravo", serves: 2 },
      { site: "alpha", serves: 1, standby: [2] },
    ]);
    const forgotten = withKeyChange(TEMPLATE, { kind: "srs", generation: 2, believeLast: false });
    const next = withKeyChange(forgotten, { kind: "srs", generation: 3, believeLast: true });
    expect(config(next)["mailkeep:rotation"]).toEqual({ srs: 3 });
  });

  it("of the sites' own domain goes to its entry, and to that of a hosted one where it is hosted", () => {
    const config = (text: string): Record<string, unknown> => fileSchema.parse(parse(text)).config;
    const published = withKeyChange(TEMPLATE, OWN);
    const both = withKeyChange(published, {
      ...OWN,
      algorithm: "ed25519",
      selector: "e2",
      standby: [],
      retired: ["e1"],
    });
    expect(config(both)["mailkeep:dkim"]).toEqual({
      ed25519: true,
      infrastructure: { dkimSelector: "s1", dkimStandby: ["s2"], ed25519Selector: "e2", ed25519Retired: ["e1"] },
    });
    const hosted = TEMPLATE.replace("infrastructureDomain: mailkeep.test", "infrastructureDomain: club.test");
    const changed = config(withKeyChange(hosted, dkim));
    expect(changed["mailkeep:dkim"]).toEqual({ ed25519: true });
    expect(changed["mailkeep:domains"]).toContainEqual({ name: "club.test", dkimSelector: "s1", dkimStandby: ["s2"] });
  });

  it("is refused for a domain that the file does not have", () => {
    expect(() => withKeyChange(TEMPLATE, { ...dkim, domain: "other.test" })).toThrow("no domain other.test");
  });
});
