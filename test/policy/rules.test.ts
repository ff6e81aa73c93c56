import { describe, expect, it } from "vitest";
import { rules as mail } from "../../policy/mail/rules.ts";
import { rules as network } from "../../policy/network/rules.ts";
import { allRules } from "../../policy/rules.ts";
import { rules as workload } from "../../policy/workload/rules.ts";

describe("all packs in one", () => {
  it("has every rule of every pack", () => {
    expect(allRules).toHaveLength(network.length + mail.length + workload.length);
  });

  it("has no name twice, so that one configuration serves all", () => {
    const names = allRules.map(({ name }) => name);
    expect(names.toSorted()).toEqual([...new Set(names)].toSorted());
  });
});
