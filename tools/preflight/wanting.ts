/** Settings of a stack whose secrets are not all there yet: what is missing is told, and everything else is looked at. */
import { z } from "zod";
import { type Problem, SettingsError } from "../../components/settings/problem.ts";
import type { Settings } from "../../components/settings/schema.ts";
import type { Written } from "../../components/settings/include.ts";
import { parseWritten } from "../../components/settings/read.ts";
import type { Verdict } from "./verdict.ts";

/** The settings, as far as they can be read, and what they lack. */
export interface Wanting {
  /** Undefined where more than secrets is wrong. */
  readonly settings: Settings | undefined;
  readonly verdicts: readonly Verdict[];
}

const HASH = `$6$missing$${"x".repeat(86)}`;
const TOKEN = "missing";

const accountsSchema = z.looseObject({
  mailboxes: z.array(z.looseObject({ address: z.string() })).catch([]),
  relays: z.array(z.looseObject({ name: z.string(), user: z.string().optional() })).catch([]),
  passwordHashes: z.record(z.string(), z.unknown()).catch({}),
  relayPasswords: z.record(z.string(), z.unknown()).catch({}),
  dnsTokens: z.record(z.string(), z.unknown()).catch({}),
});

/** Pure. @param written the settings as they are written, without secrets */
export function wantingSettings(written: Written, isLocal: boolean): Wanting {
  const { values, placeOf } = written;
  const first = tryParse({ values: isLocal ? completed(values, []) : values, placeOf });
  if (!(first instanceof SettingsError)) return { settings: first, verdicts: [] };
  const verdicts = first.problems.map(verdictOf);
  const second = tryParse({ values: completed(values, first.problems), placeOf });
  return { settings: second instanceof SettingsError ? undefined : second, verdicts };
}

function tryParse(written: Written): Settings | SettingsError {
  try {
    return parseWritten(written);
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
}

function verdictOf({ path, got, wanted, fix }: Problem): Verdict {
  return { check: "settings", where: path, level: "problem", says: `Found: ${got}. Wanted: ${wanted}.`, fix };
}

/** With something in the place of each secret that is missing. */
function completed(raw: Readonly<Record<string, unknown>>, problems: readonly Problem[]): Record<string, unknown> {
  const { mailboxes, relays, passwordHashes, relayPasswords, dnsTokens } = accountsSchema.parse(raw);
  const logins = mailboxes.map(({ address }) => address);
  const users = relays.flatMap(({ name, user }) => (user === undefined ? [] : [name]));
  const zones = problems.flatMap(({ path }) => /^dnsTokens\["(.+)"\]$/.exec(path)?.[1] ?? []);
  const filled = (names: readonly string[], value: string): Record<string, string> =>
    Object.fromEntries(names.map((name) => [name, value]));
  return {
    ...raw,
    passwordHashes: { ...filled(logins, HASH), ...passwordHashes },
    relayPasswords: { ...filled(users, TOKEN), ...relayPasswords },
    dnsTokens: { ...filled(zones, TOKEN), ...dnsTokens },
  };
}
