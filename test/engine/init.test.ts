/** What `init` writes is what the real program previews, for each kind of stack, with stand-ins for the clouds. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { answersFor } from "../../tools/init/answers.ts";
import { renderStack } from "../../tools/init/render.ts";
import { ROOT } from "../../tools/paths.ts";
import { byFlags, CHOICES } from "../unit/init/choices.ts";
import { ProductionStack, SECRETS } from "./production-stack.ts";
import { pulumiPath } from "./project.ts";

const MINUTES = 60_000;
const pulumi = pulumiPath();
const CREDENTIALS = { CLOUDFLARE_API_TOKEN: "x", DIGITALOCEAN_TOKEN: "x", GOOGLE_CREDENTIALS: "{}" };
const fileSchema = z.object({ config: z.record(z.string(), z.unknown()) });

describe.skipIf(pulumi === undefined)("a stack that init has written", { timeout: 5 * MINUTES }, () => {
  let stack: ProductionStack;
  beforeAll(async () => {
    stack = await ProductionStack.create(String(pulumi), CREDENTIALS);
  }, 3 * MINUTES);
  afterAll(() => stack.project.remove(), MINUTES);

  it.each(Object.entries(CHOICES))("can be previewed: %s", async (_, flags) => {
    const template = readFileSync(join(ROOT, "stacks", "production.yaml"), "utf8");
    const { config } = fileSchema.parse(parse(renderStack(template, await answersFor("production", byFlags(flags)))));
    await stack.configure(() => ({
      ...config,
      "mailkeep:passwordHashes": { "ann@club.org": SECRETS.hash },
      ...(flags["dns"] !== "print" && { "mailkeep:dnsTokens": { "club.org": SECRETS.dnsToken } }),
      ...(flags["relay-user"] !== undefined && { "mailkeep:relayPasswords": { relay: "apasswordthatnobodyhas" } }),
    }));
    const steps = await stack.steps();
    const releases = steps.filter((step) => step.startsWith("create compose:index:Release "));
    expect(releases).toHaveLength(Number(flags["sites"]));
  });
});
