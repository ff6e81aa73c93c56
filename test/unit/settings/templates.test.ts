/** The templates of stacks in the real world are sound settings, and have every key. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { plan as makePlan } from "../../../components/plan/plan.ts";
import { parseSettings } from "../../../components/settings/read.ts";
import { settingsSchema } from "../../../components/settings/schema.ts";
import type { Settings } from "../../../components/settings/schema.ts";
import { HASH } from "./local.ts";

const fileSchema = z.object({ config: z.record(z.string(), z.unknown()) });
const textOf = (name: string): string => readFileSync(new URL(`../../../stacks/${name}.yaml`, import.meta.url), "utf8");

function settingsOf(name: string): Settings {
  const { config } = fileSchema.parse(parse(textOf(name)));
  const raw = Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace("mailkeep:", ""), value]));
  const { mailboxes } = z.looseObject({ mailboxes: z.array(z.object({ address: z.string() })) }).parse(raw);
  // What is kept as a secret, and so is not in a template.
  const passwordHashes = Object.fromEntries(mailboxes.map(({ address }) => [address, HASH]));
  const dnsTokens = { [String(raw["infrastructureDomain"])]: "atokenthatnobodyhas" };
  return parseSettings({ ...raw, passwordHashes, dnsTokens });
}

describe.each(["staging", "production"])("the template %s", (name) => {
  it("is sound, and a plan can be made of it", () => {
    const plan = makePlan(name, settingsOf(name));
    expect(plan.world).toBeUndefined();
    expect(plan.sites.every(({ machine }) => machine?.made !== undefined)).toBe(true);
  });

  it("has every key but the secret ones", () => {
    const { config } = fileSchema.parse(parse(textOf(name)));
    const keys = Object.entries(settingsSchema.shape).flatMap(([key, { description = "" }]) =>
      description.startsWith("Secret.") ? [] : [key],
    );
    expect(keys.length).toBeGreaterThan(15);
    expect(Object.keys(config).map((key) => key.replace("mailkeep:", ""))).toEqual(expect.arrayContaining(keys));
  });
});

it("production stands on three sites on two clouds, one of which keeps mail", () => {
  const { sites } = settingsOf("production");
  const having = (role: (typeof sites)[number]["roles"][number]) => sites.filter(({ roles }) => roles.includes(role));
  expect([having("mx").length, having("submission").length, having("maildrop").length]).toEqual([3, 2, 1]);
  expect(new Set(sites.map(({ platform }) => platform)).size).toBe(2);
});
