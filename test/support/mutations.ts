/** A program that passes a pack, and for each rule of it a slip in that program which the rule stops. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Change } from "./slips.ts";
import { type FakeResource, type Rule, stackViolations } from "./policy.ts";
import { localResources, programResources } from "./program.ts";

export interface Slip {
  /** As in "is stopped when …". */
  readonly when: string;
  readonly change: Change;
  /** @default local */
  readonly stack?: string;
  /** What the message says. */
  readonly says: string;
}

/** The stack of `npm run up`, with its three sites. */
const TEMPLATE = "the template";

export function describeProgram(pack: string, rules: readonly Rule[], slips: Readonly<Record<string, Slip>>): void {
  describe(`the program under ${pack}`, () => {
    const recorded = new Map<string, readonly FakeResource[]>();
    beforeAll(async () => {
      for (const stack of ["local", "production"]) recorded.set(stack, await programResources(stack));
      recorded.set(TEMPLATE, await localResources());
    });
    const resources = (stack: string): readonly FakeResource[] => recorded.get(stack) ?? [];

    it("has a slip for each rule", () => {
      expect(Object.keys(slips).toSorted()).toEqual(rules.map(({ name }) => name).toSorted());
    });

    describe.each(rules.map((rule) => [rule.name, rule] as const))("%s", (name, rule) => {
      it.each(["local", "production"])("passes as the stack %s", async (stack) => {
        expect(resources(stack).length).toBeGreaterThan(10);
        expect(await stackViolations(rule, resources(stack), { stack })).toEqual([]);
      });

      it("passes as the local stack is first made", async () => {
        expect(await stackViolations(rule, resources(TEMPLATE), { stack: "local" })).toEqual([]);
      });

      const slip = slips[name];
      if (slip === undefined) return;
      it(`is stopped when ${slip.when}`, async () => {
        const { stack = "local" } = slip;
        const messages = await stackViolations(rule, slip.change(resources(stack)), { stack });
        expect(messages.join("\n")).toContain(slip.says);
      });
    });
  });
}
