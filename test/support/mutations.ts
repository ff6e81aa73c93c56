/** A program that passes a pack, and for each rule of it a slip in that program which the rule stops. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Change } from "./slips.ts";
import { type FakeResource, type Rule, stackViolations } from "./policy.ts";
import { cloudResources, localResources, programResources, stagingResources } from "./program.ts";

export interface Slip {
  /** As in "is stopped when …". */
  readonly when: string;
  readonly change: Change;
  /** @default local */
  readonly stack?: string;
  /** What the message says. */
  readonly says: string;
}

export type Slips = Readonly<Record<string, Slip>>;

/** The stack of `npm run up`, with its three sites. */
const TEMPLATE = "the template";
/** The template `production`, with its machines in two clouds. */
const CLOUDS = "the clouds";
const STAGING = "staging";

/**
 * @param slips one for each rule, in the local stack
 * @param inClouds those that must be another one in the clouds, where records and machines are resources
 */
export function describeProgram(pack: string, rules: readonly Rule[], slips: Slips, inClouds: Slips): void {
  describe(`the program under ${pack}`, () => {
    const recorded = new Map<string, readonly FakeResource[]>();
    beforeAll(async () => {
      for (const stack of ["local", "production"]) recorded.set(stack, await programResources(stack));
      recorded.set(TEMPLATE, await localResources());
      recorded.set(CLOUDS, await cloudResources());
      recorded.set(STAGING, await stagingResources());
    });
    const resources = (stack: string): readonly FakeResource[] => recorded.get(stack) ?? [];

    it("has a slip for each rule, there and in the clouds", () => {
      const names = rules.map(({ name }) => name);
      expect(Object.keys(slips).toSorted()).toEqual(names.toSorted());
      expect(Object.keys(inClouds).filter((name) => !names.includes(name))).toEqual([]);
    });

    describe.each(rules.map((rule) => [rule.name, rule] as const))("%s", (name, rule) => {
      it.each(["local", "production"])("passes as the stack %s", async (stack) => {
        expect(resources(stack).length).toBeGreaterThan(10);
        expect(await stackViolations(rule, resources(stack), { stack })).toEqual([]);
      });

      it("passes as the local stack is first made", async () => {
        expect(await stackViolations(rule, resources(TEMPLATE), { stack: "local" })).toEqual([]);
      });

      it("passes as the templates production and staging are first made in the clouds", async () => {
        expect(await stackViolations(rule, resources(CLOUDS), { stack: "production" })).toEqual([]);
        expect(await stackViolations(rule, resources(STAGING), { stack: STAGING })).toEqual([]);
      });

      const slip = slips[name];
      const inCloud = inClouds[name] ?? slip;
      if (slip === undefined || inCloud === undefined) return;
      it(`is stopped when ${slip.when}`, async () => {
        const { stack = "local" } = slip;
        const messages = await stackViolations(rule, slip.change(resources(stack)), { stack });
        expect(messages.join("\n")).toContain(slip.says);
      });

      it(`is stopped in the clouds when ${inCloud.when}`, async () => {
        const messages = await stackViolations(rule, inCloud.change(resources(CLOUDS)), { stack: "production" });
        expect(messages.join("\n")).toContain(inCloud.says);
      });
    });
  });
}
