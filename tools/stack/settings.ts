/** A stack's settings as its file has them, checked before the engine starts. Secrets are not read: they need no check twice. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { withIncluded, type Written } from "../../components/settings/include.ts";
import { NAMESPACE, parseWritten, valueOf } from "../../components/settings/read.ts";
import type { Settings } from "../../components/settings/schema.ts";
import { fail } from "../console.ts";
import { stackFile } from "../paths.ts";

const fileSchema = z.looseObject({ config: z.record(z.string(), z.unknown()).default({}) });
/** What stands for a hash that cannot be read without the passphrase. */
const UNREAD_HASH = `$6$unread$${"x".repeat(86)}`;

/**
 * The longest text that Linux hands a program in one variable of its environment, execve(2), less what secrets may be longer than
 * what stands for them here. Pulumi hands the program all settings in one.
 */
const MOST_BYTES = 128 * 1024 - 2048;

/** Whether the stack has been made in this checkout. */
export function stackExists(stack: string): boolean {
  return existsSync(stackFile(stack));
}

/**
 * The settings of a stack, with hashes that stand for those that are encrypted.
 *
 * @param withoutPasswords take accounts as if they had a hash: passwords of a local stack are made up later.
 * @throws SettingsError with all problems at once
 * @throws SentenceError when the file is not there, is not YAML, or is more than Pulumi can hand to the program
 */
export async function stackSettings(
  stack: string,
  withoutPasswords = false,
  path = stackFile(stack),
): Promise<Settings> {
  const written = await readableSettings(stack, path);
  const { values } = written;
  return parseWritten(
    withoutPasswords ? { ...written, values: { ...values, passwordHashes: hashesFor(values) } } : written,
  );
}

function refuseTooLong(stack: string, raw: Record<string, unknown>): void {
  // As Pulumi writes them: each value is a text.
  const texts = Object.entries(raw).map(([key, value]) => [
    `${NAMESPACE}:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const bytes = Buffer.byteLength(JSON.stringify(Object.fromEntries(texts)));
  if (bytes <= MOST_BYTES) return;
  fail(
    `The settings of ${stack} are ${Math.ceil(bytes / 1024)} KiB, and Pulumi can hand the program ${MOST_BYTES / 1024} KiB of them at most. Move domains, zones, mailboxes or aliases into a file beside ${stackFile(stack)}, and name it under ${NAMESPACE}:include (docs/configuration.md).`,
  );
}

/**
 * The settings as they are written, in the stack's file and in those that it includes, unchecked, with stand-ins in the form of
 * each secret that is encrypted.
 *
 * @throws SettingsError where a file that is included cannot be read
 * @throws SentenceError as `stackSettings`
 */
export async function readableSettings(stack: string, path = stackFile(stack)): Promise<Written> {
  const own = await rawSettings(stack, path);
  refuseTooLong(stack, own);
  const { values, placeOf } = withIncluded(own, dirname(path));
  const raw = withUnreadRelays(withUnreadKeys(values));
  // Encrypted as one secret: which accounts have a hash cannot be seen.
  const readable = raw["passwordHashes"] === UNREAD_HASH ? { ...raw, passwordHashes: hashesFor(raw) } : raw;
  return { values: readable, placeOf };
}

const accountsSchema = z.looseObject({
  mailboxes: z.array(z.looseObject({ address: z.string() })).catch([]),
  passwordHashes: z.record(z.string(), z.unknown()).catch({}),
});

function hashesFor(raw: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { mailboxes, passwordHashes } = accountsSchema.parse(raw);
  const logins = mailboxes.map(({ address }) => address);
  return { ...Object.fromEntries(logins.map((login) => [login, UNREAD_HASH])), ...passwordHashes };
}

/** What stands for a key of a blocklist that cannot be read without the passphrase. */
const UNREAD_KEY = "unreadkey";

/** Keys of blocklists with something of their form in their place; none where all of them are encrypted as one. */
function withUnreadKeys(raw: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const keys = z.record(z.string(), z.unknown()).safeParse(raw["blocklistKeys"]);
  if (!keys.success) return raw["blocklistKeys"] === UNREAD_HASH ? { ...raw, blocklistKeys: {} } : raw;
  const read = Object.entries(keys.data).map(([zone, key]) => [zone, key === UNREAD_HASH ? UNREAD_KEY : key]);
  return { ...raw, blocklistKeys: Object.fromEntries(read) };
}

const relaysSchema = z.array(z.looseObject({ name: z.string(), user: z.string().optional() })).catch([]);

/** Passwords of relays that are encrypted as one: each that needs one is taken to have it. */
function withUnreadRelays(raw: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (raw["relayPasswords"] !== UNREAD_HASH) return raw;
  const withUser = relaysSchema.parse(raw["relays"]).filter(({ user }) => user !== undefined);
  return { ...raw, relayPasswords: Object.fromEntries(withUser.map(({ name }) => [name, UNREAD_HASH])) };
}

/** The keys of mailkeep as written in the stack's own file, without their namespace, secrets replaced. */
export async function rawSettings(stack: string, path = stackFile(stack)): Promise<Record<string, unknown>> {
  const text = await readFile(path, "utf8").catch(() => fail(`There is no stack ${stack}: ${path} is missing.`));
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    fail(`${path} is not YAML: ${error instanceof Error ? error.message.trim() : String(error)}`);
  }
  const file = fileSchema.safeParse(document);
  if (!file.success) fail(`${path} must have a group "config:" with keys such as ${NAMESPACE}:sites.`);
  const prefix = `${NAMESPACE}:`;
  const own = Object.entries(file.data.config).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(
    own.map(([key, value]) => [
      key.slice(prefix.length),
      withoutSecrets(typeof value === "string" ? valueOf(value) : value),
    ]),
  );
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  if ("secure" in value) return UNREAD_HASH;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner)]));
}
