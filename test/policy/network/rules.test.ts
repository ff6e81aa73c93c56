import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fields } from "../../../policy/read/values.ts";
import { rules } from "../../../policy/network/rules.ts";
import { UNKNOWN, violations } from "../../support/policy.ts";
import { release } from "./release.ts";

/** Rules that do not look at releases. */
const OTHERS: ReadonlySet<string> = new Set([
  "disallow-open-firewall-port",
  "disallow-wider-ipv6-firewall",
  "disallow-foreign-link-peer",
  "disallow-unknown-exposure",
  "require-machine-firewall",
  "require-closed-machine-ruleset",
  "require-ssh-by-key-alone",
  "disallow-unknown-docker-setting",
  "disallow-unknown-machine-file",
]);

describe("the pack mailkeep-network", () => {
  it("has unique names", () => {
    const names = rules.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  describe.each(rules.map((rule) => [rule.name, rule] as const))("%s", (name, rule) => {
    it("begins with a verb", () => {
      expect(name).toMatch(/^(disallow|require)-[a-z0-9]+(-[a-z0-9]+)*$/);
    });

    it("is mandatory, and says how bad it is and what to do", () => {
      expect(rule.enforcementLevel).toBe("mandatory");
      expect(rule.severity).toMatch(/^(high|critical)$/);
      expect(rule.description).toMatch(/^[A-Z].*\.$/s);
      expect(rule.remediationSteps).toMatch(/^[A-Z].*\.$/s);
    });

    it("lives in a file of its name, with a test of its name", () => {
      expect(existsSync(new URL(`../../../policy/network/${name}.ts`, import.meta.url))).toBe(true);
      expect(existsSync(new URL(`${name}.test.ts`, import.meta.url))).toBe(true);
    });

    it("accepts the compliant release", async () => {
      expect(await violations(rule, release())).toEqual([]);
    });

    it("ignores a resource of another type, whatever it holds", async () => {
      const props = { workloads: { bad: { service: { privileged: true, network_mode: "host", ports: ["1:1"] } } } };
      expect(await violations(rule, { type: "compose:index:Other", name: "bad", props })).toEqual([]);
    });

    if (OTHERS.has(name)) return;

    it("cannot run on workloads that are not known yet", async () => {
      const unknown = { ...release(), props: { project: "mailkeep-local-alpha", workloads: UNKNOWN } };
      await expect(violations(rule, unknown)).rejects.toThrow(/known during preview/);
    });

    it("does not need the secrets of secret files to be known", async () => {
      const { workloads, ...rest } = release().props;
      const withSecret = Object.entries(fields(workloads)).map(([key, workload]) => {
        return [key, { ...fields(workload), secretFiles: { "site.key": UNKNOWN } }] as const;
      });
      const resource = { ...release(), props: { ...rest, workloads: Object.fromEntries(withSecret) } };
      expect(await violations(rule, resource)).toEqual([]);
    });
  });
});
