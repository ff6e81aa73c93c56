/** The templates of stacks in the real world are sound settings, and have every key. */
import { describe, expect, it } from "vitest";
import { plan as makePlan } from "../../../components/plan/plan.ts";
import { settingsSchema } from "../../../components/settings/schema.ts";
import { templateConfig, templateSettings } from "./template.ts";

describe.each(["staging", "production"])("the template %s", (name) => {
  it("is sound, and a plan can be made of it", () => {
    const plan = makePlan(name, templateSettings(name));
    expect(plan.world).toBeUndefined();
    expect(plan.sites.every(({ machine }) => machine?.made !== undefined)).toBe(true);
  });

  it("has every key but the secret ones", () => {
    const config = templateConfig(name);
    const keys = Object.entries(settingsSchema.shape).flatMap(([key, { description = "" }]) =>
      description.startsWith("Secret.") ? [] : [key],
    );
    expect(keys.length).toBeGreaterThan(15);
    expect(Object.keys(config).map((key) => key.replace("mailkeep:", ""))).toEqual(expect.arrayContaining(keys));
  });
});

it("production stands on three sites on two clouds, one of which keeps mail", () => {
  const { sites } = templateSettings("production");
  const having = (role: (typeof sites)[number]["roles"][number]) => sites.filter(({ roles }) => roles.includes(role));
  expect([having("mx").length, having("submission").length, having("maildrop").length]).toEqual([3, 3, 1]);
  expect(new Set(sites.map(({ platform }) => platform)).size).toBe(2);
});
