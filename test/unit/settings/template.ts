/** The templates of stacks in the real world as settings, with what they leave to their user. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { parseSettings } from "../../../components/settings/read.ts";
import type { Settings } from "../../../components/settings/schema.ts";
import { HASH } from "./local.ts";

const fileSchema = z.object({ config: z.record(z.string(), z.unknown()) });
const textOf = (name: string): string => readFileSync(new URL(`../../../stacks/${name}.yaml`, import.meta.url), "utf8");

/** Keys of the template with their values. */
export function templateConfig(name: string): Record<string, unknown> {
  return fileSchema.parse(parse(textOf(name))).config;
}

export function templateSettings(name: string): Settings {
  const config = templateConfig(name);
  const raw = Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace("mailkeep:", ""), value]));
  const { mailboxes } = z.looseObject({ mailboxes: z.array(z.object({ address: z.string() })) }).parse(raw);
  // What is kept as a secret, and so is not in a template.
  const passwordHashes = Object.fromEntries(mailboxes.map(({ address }) => [address, HASH]));
  const dnsTokens = { [String(raw["infrastructureDomain"])]: "atokenthatnobodyhas" };
  return parseSettings({ ...raw, passwordHashes, dnsTokens });
}
