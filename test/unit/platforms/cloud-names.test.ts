/** Names that clouds would refuse are refused before anything is made. */
import { describe, expect, it } from "vitest";
import { requireCloudNames } from "../../../components/platforms/cloud-names.ts";
import { Machines } from "../../../components/platforms/machines.ts";
import { deploy } from "../../support/mocks.ts";
import { CLOUD, localPlan } from "../plan/plans.ts";
import { COMPUTED, plan, resolve } from "./made.fixture.ts";

const sites = (...names: readonly string[]) => names.map((name) => ({ name, machine: plan.sites[1]?.machine }));

describe("a name at a cloud", () => {
  it.each([
    ["production", ["alpha", "bravo"]],
    ["a".repeat(24), ["b".repeat(20)]],
  ])("has room for the stack %s", (stack, names) => {
    expect(() => requireCloudNames(stack, sites(...names))).not.toThrow();
  });

  it.each([
    ["a".repeat(31), ["b".repeat(20), "short"]],
    ["Production", ["alpha"]],
    ["my_stack", ["alpha"]],
    ["eu.production", ["alpha"]],
  ])("has none for %s", (stack, names) => {
    expect(() => requireCloudNames(stack, sites(...names))).toThrow(
      `Nothing was changed.\nThe names of ${names[0] ?? ""} at the cloud would have the stack's name "${stack}" in them, and clouds take lower-case letters, digits and hyphens. ` +
        "Stack and site may have 44 of them together: shorten one of the two.",
    );
  });

  it("does not matter where no cloud makes the machine", () =>
    expect(() => requireCloudNames("My_Stack", plan.sites.slice(0, 1))).not.toThrow());

  it("is never longer than clouds take, of all that is made", async () => {
    const [host, bravo, charlie] = CLOUD.sites;
    const long = "b".repeat(20);
    const named = localPlan({
      ...CLOUD,
      sites: [host, { ...bravo, name: long, egress: ["direct"] }, { ...charlie, name: `c${long.slice(1)}` }],
    });
    const { resources } = await deploy(() => new Machines(named.sites, { stack: "s".repeat(24), resolve }), {
      outputs: COMPUTED,
    });
    const names = resources.flatMap(({ type, inputs: { name } }) =>
      /^(digitalocean|gcp):/.test(type) && typeof name === "string" && name.startsWith("mailkeep-") ? [name] : [],
    );
    expect(names.length).toBeGreaterThan(15);
    expect(Math.max(...names.map((name) => name.length))).toBe(63);
  });
});
