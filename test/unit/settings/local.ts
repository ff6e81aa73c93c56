/** `stacks/local.yaml` as a plain value, with a hash for each account, as a stack has them after its first `up`. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";

const fileSchema = z.object({ config: z.record(z.string(), z.unknown()) });
const accountsSchema = z.looseObject({ mailboxes: z.array(z.object({ address: z.string() })) });

/** Of the form of a SHA512-CRYPT hash; no password has it. */
export const HASH = `$6$${"s".repeat(16)}$${"h".repeat(86)}`;

/** What the schema is given, with one site: fresh at each call, so that a test may change it. */
export function localRaw(): Record<string, unknown> {
  const raw = threeSitesRaw();
  const [alpha] = z.array(z.unknown()).parse(raw["sites"]);
  return { ...raw, sites: [alpha] };
}

/** The same with all of its sites. */
export function threeSitesRaw(): Record<string, unknown> {
  const { config } = fileSchema.parse(parse(localYaml()));
  const raw = Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace("mailkeep:", ""), value]));
  const { mailboxes } = accountsSchema.parse(raw);
  return { ...raw, passwordHashes: Object.fromEntries(mailboxes.map(({ address }) => [address, HASH])) };
}

export function localYaml(): string {
  return readFileSync(new URL("../../../stacks/local.yaml", import.meta.url), "utf8");
}

/** A value with another in it: `withValue(raw, "sites.0.name", "world")`. Undefined takes a key out. */
export function withValue(raw: Readonly<Record<string, unknown>>, path: string, value: unknown): unknown {
  const [key = "", ...rest] = path.split(".");
  const inner = rest.length === 0 ? value : withValue(container(raw[key]), rest.join("."), value);
  return copyWith(raw, key, inner);
}

function container(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value, ...listMark(value) } : {};
}

const LIST = "list";

function listMark(value: object): Record<string, unknown> {
  return Array.isArray(value) ? { [LIST]: true } : {};
}

function copyWith(raw: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  const { [LIST]: isList, ...entries } = { ...raw, [key]: value };
  if (isList === true) return Object.values(entries).filter((entry) => entry !== undefined);
  return Object.fromEntries(Object.entries(entries).filter(([, entry]) => entry !== undefined));
}
