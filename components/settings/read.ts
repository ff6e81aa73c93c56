/** From configuration as Pulumi keeps it to checked settings. */
import { z } from "zod";
import { checkSettings } from "./check.ts";
import { SettingsError, type Problem } from "./problem.ts";
import { settingsSchema, type Settings } from "./schema.ts";

/** Namespace of the keys in `Pulumi.<stack>.yaml`. */
export const NAMESPACE = "mailkeep";

/**
 * Settings from a stack's configuration.
 *
 * @param config every key with its namespace; structured values are JSON, as the engine hands them over.
 * @throws SettingsError with all problems at once; nothing has been created by then.
 */
export function readSettings(config: Readonly<Record<string, string>>): Settings {
  return parseSettings(rawSettings(config));
}

/**
 * Settings from a plain value.
 *
 * @throws SettingsError with all problems at once.
 */
export function parseSettings(raw: unknown): Settings {
  const parsed = settingsSchema.safeParse(raw, { reportInput: true });
  if (!parsed.success) throw new SettingsError(parsed.error.issues.flatMap((issue) => shapeProblems(issue)));
  const problems = checkSettings(parsed.data);
  if (problems.length > 0) throw new SettingsError(problems);
  return parsed.data;
}

function rawSettings(config: Readonly<Record<string, string>>): Record<string, unknown> {
  const own = Object.entries(config).flatMap(([key, value]) => {
    const [namespace, name] = key.split(/:(.*)/s);
    return namespace === NAMESPACE && name !== undefined ? [[name, parseValue(value)] as const] : [];
  });
  return Object.fromEntries(own);
}

/** The engine gives strings as they are and everything else as JSON. */
function parseValue(value: string): unknown {
  if (!/^\s*([[{]|true$|false$|-?\d)/.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

type Issue = z.core.$ZodIssue;

function shapeProblems(issue: Issue): Problem[] {
  const path = formatPath(issue.path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        path: path === "" ? key : `${path}.${key}`,
        got: "a key that mailkeep does not know",
        wanted: "the keys of docs/configuration.md",
        fix: "correct its spelling, or take it out",
      }));
    case "invalid_type":
      return [
        {
          path,
          got: issue.input === undefined ? "nothing" : describe(issue.input, path),
          wanted: article(issue.expected),
          fix: issue.input === undefined ? "add it; docs/configuration.md has an example" : "write it as that",
        },
      ];
    case "invalid_value":
      return [
        {
          path,
          got: describe(issue.input, path),
          wanted: issue.values.map(String).join(", "),
          fix: "use one of these",
        },
      ];
    case "too_small":
    case "too_big": {
      const bound = issue.code === "too_small" ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
      const unit = issue.origin === "array" ? " entries" : issue.origin === "string" ? " characters" : "";
      return [{ path, got: describe(issue.input, path), wanted: `${bound}${unit}`, fix: "bring it within that" }];
    }
    case "invalid_union":
      return [unionProblem(issue, path)];
    case "invalid_key":
      return issue.issues.flatMap((inner) => [
        { path, got: describe(inner.input, ""), wanted: inner.message, fix: "correct the key" },
      ]);
    default:
      return [{ path, got: describe(issue.input, path), wanted: issue.message, fix: "correct it" }];
  }
}

function unionProblem(issue: Extract<Issue, { code: "invalid_union" }>, path: string): Problem {
  // The alternative that fits best is the one with the fewest complaints; its complaints are the useful ones.
  const best = [...issue.errors].sort((a, b) => a.length - b.length)[0] ?? [];
  const wanted = best.map((inner) => [formatPath(inner.path), inner.message].filter((part) => part !== "").join(": "));
  return { path, got: describe(issue.input, path), wanted: wanted.join("; ") || issue.message, fix: "correct it" };
}

/** What was written, short; never anything that may be a secret. */
function describe(value: unknown, path: string): string {
  if (path.startsWith("passwordHashes")) return "something else (not shown: it may be a password)";
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function article(expected: string): string {
  return expected === "array"
    ? "a list"
    : expected === "object" || expected === "record"
      ? "a group of keys"
      : `a ${expected}`;
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    const name = String(part);
    if (/[.@]/.test(name)) return `${text}["${name}"]`;
    return text === "" ? name : `${text}.${name}`;
  }, "");
}
