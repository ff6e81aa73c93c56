/** Rules in a run that takes a site away. */
import { describe, expect, it } from "vitest";
import { asked, LEAVING } from "../../policy/asked.ts";
import { allRules } from "../../policy/rules.ts";

const ofStack = (rules: readonly object[]) => rules.filter((rule) => "validateStack" in rule);

describe("the rules", () => {
  it("are all asked where no site leaves", () => {
    expect(asked(allRules, {})).toEqual(allRules);
    expect(asked(allRules, { [LEAVING]: "" })).toEqual(allRules);
  });

  it("about single resources are asked while a site leaves, of every pack, and all keep their names", () => {
    const rules = asked(allRules, { [LEAVING]: "charlie" });
    expect(rules.map(({ name }) => name)).toEqual(allRules.map(({ name }) => name));
    const single = rules.filter((rule) => "validateResource" in rule);
    expect(single).toEqual(allRules.filter((rule) => "validateResource" in rule));
    expect(single.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["require-rotation-order", "disallow-open-relay", "disallow-open-firewall-port"]),
    );
    expect(ofStack(rules)).not.toEqual([]);
    expect(ofStack(rules)).toHaveLength(ofStack(allRules).length);
    for (const rule of ofStack(rules)) expect(allRules).not.toContain(rule);
  });
});
