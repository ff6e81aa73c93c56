/** From configuration as Pulumi keeps it to checked settings. */
import { z } from "zod";
import { checkSettings } from "./check.ts";
import { withIncluded, writtenAsOne, type Written } from "./include.ts";
import { SettingsError, type Problem } from "./problem.ts";
import { settingsSchema, type Settings } from "./schema.ts";

/** Namespace of the keys in `Pulumi.<stack>.yaml`. */
export const NAMESPACE = "mailkeep";

/**
 * Settings from a stack's configuration.
 *
 * @param config every key with its namespace; structured values are JSON, as the engine hands them over.
 * @param folder where the stack's file lies, and the files that `include` names
 * @throws SettingsError with all problems at once; nothing has been created by then.
 */
export function readSettings(config: Readonly<Record<string, string>>, folder: string): Settings {
  return parseWritten(withIncluded(rawSettings(config), folder));
}

/**
 * Settings from plain values.
 *
 * @throws SettingsError with all problems at once.
 */
export function parseSettings(raw: unknown): Settings {
  return parseWritten(writtenAsOne(raw));
}

/**
 * Settings from where they are written.
 *
 * @throws SettingsError with all problems at once, each with its place.
 */
export function parseWritten({ values, placeOf }: Written<unknown>): Settings {
  const placed = (problems: readonly Problem[]): SettingsError =>
    new SettingsError(problems.map((problem) => ({ ...problem, path: placeOf(problem.path) })));
  const parsed = settingsSchema.safeParse(values, { reportInput: true });
  if (!parsed.success) throw placed(parsed.error.issues.flatMap((issue) => shapeProblems(issue)));
  const problems = checkSettings(parsed.data);
  if (problems.length > 0) throw placed(problems);
  return parsed.data;
}

function rawSettings(config: Readonly<Record<string, string>>): Record<string, unknown> {
  const own = Object.entries(config).flatMap(([key, value]) => {
    const [namespace, name] = key.split(/:(.*)/s);
    return namespace === NAMESPACE && name !== undefined ? [[name, valueOf(value)] as const] : [];
  });
  return Object.fromEntries(own);
}

/**
 * What a key of its own holds: the engine gives strings as they are and everything else as JSON, and writes it so into the
 * stack's file whenever it changes that. No such key holds a number, so what looks like one is a string, such as a client name.
 */
export function valueOf(value: string): unknown {
  if (!/^\s*([[{]|(true|false)\s*$)/.test(value)) return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return parsed;
  } catch {
    return value;
  }
}

type Issue = z.core.$ZodIssue;

function shapeProblems(issue: Issue, parent: readonly PropertyKey[] = []): Problem[] {
  const parts = [...parent, ...issue.path];
  const path = formatPath(parts);
  const got = describe(issue.input, path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        path: formatPath([...parts, key]),
        got: "a key that mailkeep does not know",
        wanted: "the keys of docs/configuration.md",
        fix: "correct its spelling, or take it out",
      }));
    case "invalid_type": {
      const fix = issue.input === undefined ? "add it; docs/configuration.md has an example" : "write it in that form";
      return [{ path, got, wanted: TYPES[issue.expected] ?? `a ${issue.expected}`, fix }];
    }
    case "invalid_value":
      return [{ path, got, wanted: issue.values.map(String).join(", "), fix: "use one of these" }];
    case "too_small":
    case "too_big": {
      const bound = issue.code === "too_small" ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
      const unit = issue.origin === "array" ? " entries" : issue.origin === "string" ? " characters" : "";
      return [{ path, got, wanted: `${bound}${unit}`, fix: "bring it within that" }];
    }
    case "invalid_union":
      return unionProblems(issue, parts);
    case "invalid_key":
      return issue.issues.map((inner) => ({
        path,
        got: `the key ${describe(inner.input, "")}`,
        wanted: inner.message,
        fix: "correct the key",
      }));
    default:
      return [
        { path, got, wanted: issue.message, fix: path.startsWith("passwordHashes") ? MAKE_A_HASH : "correct it" },
      ];
  }
}

const MAKE_A_HASH = "npm run mailkeep -- password <address>";

const TYPES: Readonly<Record<string, string>> = {
  array: "a list",
  object: "a group of keys",
  record: "a group of keys",
  string: "a text",
  int: "a whole number",
  boolean: "true or false",
};

/** Of the forms that a value may have, the one with the fewest complaints is the one that was meant. */
function unionProblems(issue: Extract<Issue, { code: "invalid_union" }>, path: readonly PropertyKey[]): Problem[] {
  if ("discriminator" in issue && "options" in issue) return [discriminatorProblem(issue, path)];
  const [best] = [...issue.errors].sort((a, b) => a.length - b.length);
  if (issue.message === ANY_FORM && best !== undefined) return best.flatMap((inner) => shapeProblems(inner, path));
  const where = formatPath(path);
  return [{ path: where, got: describe(issue.input, where), wanted: issue.message, fix: "correct it" }];
}

/** The key that says which form is meant has a value that no form has. */
function discriminatorProblem(
  issue: { readonly discriminator?: unknown; readonly options?: unknown; readonly input?: unknown },
  path: readonly PropertyKey[],
): Problem {
  const { input, options } = issue;
  const found = typeof input === "object" && input !== null ? Object.entries(input) : [];
  const [, value] = found.find(([key]) => key === issue.discriminator) ?? [];
  const where = formatPath(path);
  const wanted = Array.isArray(options) ? options.map(String).join(", ") : "";
  return { path: where, got: describe(value, where), wanted, fix: "use one of these" };
}

/** What zod says of a union that has no message of its own. */
const ANY_FORM = "Invalid input";

/**
 * What was written, short. Never what may be a secret: not a hash, which may be a password by mistake, and not a group
 * or a list as a whole, which may have one in it.
 */
function describe(value: unknown, path: string): string {
  if (value === undefined) return "nothing";
  if (isSecretPath(path)) return "something else (not shown: it may be a password)";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object" && value !== null) return "a group of keys";
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

const SECRETS = ["passwordHashes", "blocklistKeys", "relayPasswords", "dnsTokens", "registryPassword"];

function isSecretPath(path: string): boolean {
  return SECRETS.some((key) => path.startsWith(key));
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    const name = String(part);
    if (!/^\w+$/.test(name)) return `${text}["${name}"]`;
    return text === "" ? name : `${text}.${name}`;
  }, "");
}
