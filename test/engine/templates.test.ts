/** What the templates would make is as the clouds' plugins want it: official ones with `PLUGINS=official`, else stand-ins. */
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { CLOUD_KINDS } from "../support/clouds/kinds.ts";
import { officialPlugins } from "./official-plugins.ts";
import { CLOUDS } from "./cloud-stand-ins.ts";
import { type Config, CREDENTIALS, listOf, ProductionStack } from "./production-stack.ts";
import { pulumiPath } from "./project.ts";

const MINUTES = 60_000;
const pulumi = pulumiPath();

const EVERY_KIND = Object.keys(CLOUD_KINDS);

/** Of zones that the templates have at Cloudflare alone. */
const isOfZones = (kind: string): boolean => /^(digitalocean:index\/dnsRecord|gcp:dns\/)/.test(kind);

const previewSchema = z.looseObject({
  steps: z.array(z.looseObject({ urn: z.string() })),
  diagnostics: z.array(z.looseObject({ severity: z.string(), message: z.string() })).default([]),
});

/** One zone at each of the clouds. */
function spread(config: Config): Config {
  const [own] = listOf(config["mailkeep:dnsZones"]);
  return {
    ...config,
    "mailkeep:parkedDomains": ["parked.example"],
    "mailkeep:dnsZones": [
      own,
      { name: "club.example", provider: "digitalocean", without: ["nullSRV"] },
      { name: "parked.example", provider: "google", project: "mailkeep-production" },
    ],
  };
}

describe.skipIf(pulumi === undefined)("a template in a preview", { timeout: 5 * MINUTES }, () => {
  let stack: ProductionStack | undefined;
  afterEach(() => stack?.project.remove(), MINUTES);

  it.each([
    { template: "staging", change: (config: Config) => config, kinds: EVERY_KIND.filter((kind) => !isOfZones(kind)) },
    { template: "production", change: spread, kinds: EVERY_KIND },
  ])("is what the plugins take, without a warning: $template", async ({ template, change, kinds }) => {
    stack = await ProductionStack.create(String(pulumi), CREDENTIALS, await officialPlugins(CLOUDS), template);
    await stack.configure(change);
    const text = await stack.project.expect("preview", "--json");
    const { steps, diagnostics } = previewSchema.parse(JSON.parse(text));
    expect(diagnostics).toEqual([]);
    const types = steps.map(({ urn }) => urn.split("::")[2]?.split("$").at(-1) ?? "");
    expect(new Set(types.filter((type) => EVERY_KIND.includes(type)))).toEqual(new Set(kinds));
  });
});
