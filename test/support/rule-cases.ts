/** What every rule of a pack is held to: its description of itself, and cases on a compliant base. */
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Change } from "./slips.ts";
import { type FakeResource, type Rule, type RunOptions, stackViolations } from "./policy.ts";

/** Rules that no settings can follow yet. */
const ADVISORY = new Set(["require-redundant-maildrops"]);

export interface RuleCases {
  /** One break a case: what it is, the break, and what the one message says. */
  readonly refuses: readonly (readonly [what: string, change: Change, says: string, options?: RunOptions])[];
  readonly accepts?: readonly (readonly [what: string, change: Change, options?: RunOptions])[];
  /** Makes a value unknown that the rule has to read. */
  readonly unknown: readonly [change: Change, options?: RunOptions];
}

export interface PackCases {
  readonly folder: URL;
  readonly rules: readonly Rule[];
  readonly base: readonly FakeResource[];
  readonly cases: Readonly<Record<string, RuleCases>>;
}

export function describeRules({ folder, rules, base, cases }: PackCases): void {
  it("has cases for each of its rules, and for nothing else", () => {
    expect(Object.keys(cases).toSorted()).toEqual(rules.map(({ name }) => name).toSorted());
  });

  describe.each(rules.map((rule) => [rule.name, rule] as const))("%s", (name, rule) => {
    describeItself(name, rule, folder);
    const own = cases[name];
    if (own === undefined) return;
    const { refuses, accepts = [], unknown } = own;

    it("accepts the compliant base", async () => {
      expect(await stackViolations(rule, base)).toEqual([]);
    });

    it("has nothing to say of other resources", async () => {
      const others = base.map((resource) => ({ ...resource, type: `other:index:${resource.name}` }));
      expect(await stackViolations(rule, others)).toEqual([]);
    });

    it("has a case that it refuses", () => {
      expect(refuses.length).toBeGreaterThan(0);
    });

    const broken = refuses.map(([what, change, says, options]) => ({ what, change, says, options }));
    it.each(broken)("refuses $what", async ({ change, says, options }) => {
      const found = await stackViolations(rule, change(base), options);
      expect(found).toHaveLength(1);
      expect(found[0]).toContain(says);
    });

    const sound = accepts.map(([what, change, options]) => ({ what, change, options }));
    it.for(sound)("accepts $what", async ({ change, options }) => {
      expect(await stackViolations(rule, change(base), options)).toEqual([]);
    });

    it("cannot judge what is not known yet", async () => {
      const [change, options] = unknown;
      await expect(stackViolations(rule, change(base), options)).rejects.toThrow(/known during preview/);
    });
  });
}

function describeItself(name: string, rule: Rule, folder: URL): void {
  it("begins with a verb, and lives in a file of its name", () => {
    expect(name).toMatch(/^(disallow|require)-[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(existsSync(new URL(`${name}.ts`, folder))).toBe(true);
  });

  it(`is ${ADVISORY.has(name) ? "advisory" : "mandatory"}, and says how bad it is and what to do`, () => {
    expect(rule.enforcementLevel).toBe(ADVISORY.has(name) ? "advisory" : "mandatory");
    expect(rule.severity).toMatch(/^(medium|high|critical)$/);
    expect(rule.description).toMatch(/^[A-Z].*\.$/s);
    expect(rule.remediationSteps).toMatch(/^[A-Z].*\.$/s);
  });

  it("describes each of its settings, and has a default for it", () => {
    for (const setting of Object.values(rule.configSchema?.properties ?? {})) {
      expect(setting.description).toMatch(/^[A-Z].*\.$/s);
      expect(setting.default).toBeDefined();
    }
  });
}
