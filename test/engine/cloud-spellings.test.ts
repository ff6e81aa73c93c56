/** What clouds tell in a spelling of their own, and what they make anew, with stand-ins that do so as official plugins do. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { CREDENTIALS, listOf, ProductionStack } from "./production-stack.ts";
import { pulumiPath } from "./project.ts";

const MINUTES = 60_000;
const pulumi = pulumiPath();

const siteSchema = z.looseObject({ name: z.string() });
/** Of machines and zones; releases and machines are looked at before each update. */
const atClouds = (steps: readonly string[]): readonly string[] =>
  steps.filter((step) => /^\S+ (digitalocean|gcp):/.test(step) && !step.startsWith("refresh "));

describe.skipIf(pulumi === undefined)("a stack with zones at DigitalOcean and Google", { timeout: 5 * MINUTES }, () => {
  let stack: ProductionStack;
  beforeAll(async () => {
    stack = await ProductionStack.create(String(pulumi), CREDENTIALS);
    await stack.configure((config) => ({
      ...config,
      "mailkeep:dnsZones": [
        { name: "mailkeep.example", provider: "google", project: "mailkeep-test" },
        { name: "club.example", provider: "digitalocean", without: ["TLSA", "CAA", "nullMX", "nullSRV"] },
      ],
    }));
    await stack.project.expect("up", "--yes", "--skip-preview");
  }, 3 * MINUTES);
  afterAll(() => stack.project.remove(), MINUTES);

  it("changes nothing the second time, though its clouds spell some things otherwise", async () => {
    expect(atClouds(await stack.steps())).toEqual([]);
  });

  it("refuses a smaller disk for mail, for it would be another one", async () => {
    await sized("bravo", 10);
    const { code, output } = await stack.project.run("preview");
    expect(code).not.toBe(0);
    expect(output).toMatch(/bravo-mail[^]*protect/);
    await sized("bravo", 100);
  });

  it("has an instance made anew beside its disk, with its addresses, where its name must be another", async () => {
    await stack.configure((config) => ({
      ...config,
      "mailkeep:infrastructureDomain": "post.mailkeep.example",
      "mailkeep:machines": [],
      "mailkeep:hostMail": undefined,
    }));
    const changed = atClouds(await stack.steps()).filter((step) => !/dns(Record|\/recordSet)/i.test(step));
    expect(changed.filter((step) => !step.startsWith("update "))).toEqual([
      "replace gcp:compute/instance:Instance bravo-machine",
    ]);
    for (const site of ["alpha", "charlie"])
      expect(changed).toContain(`update digitalocean:index/droplet:Droplet ${site}-machine`);
    // Its name and its addresses are taken as long as the one before is there.
    await stack.project.expect("up", "--yes", "--skip-preview");
    expect(atClouds(await stack.steps())).toEqual([]);
  });

  const sized = (name: string, mailDiskGiB: number): Promise<void> =>
    stack.configure((config) => ({
      ...config,
      "mailkeep:sites": listOf(config["mailkeep:sites"]).map((one) => {
        const site = siteSchema.parse(one);
        return site.name === name ? { ...site, mailDiskGiB } : site;
      }),
    }));
});
