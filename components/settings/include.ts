/** Lists of settings that go on in files of their own. Pulumi hands a program no more than 126 KiB (docs/decisions.md, 129). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import { includeSchema, INCLUDED_KEYS } from "./include-schema.ts";
import { SettingsError, type Problem } from "./problem.ts";

/** Settings as they are written, unchecked. */
export interface Written<Values = Readonly<Record<string, unknown>>> {
  readonly values: Values;
  /**
   * Where its owner finds what a problem calls `domains[7].name`: in a file of its own that is `clubs.yaml: domains[2].name`.
   */
  readonly placeOf: (path: string) => string;
}

/** Settings that are all in one place. */
export function writtenAsOne<Values>(values: Values): Written<Values> {
  return { values, placeOf: (path) => path };
}

interface Part {
  readonly key: string;
  readonly file: string | undefined;
  readonly entries: readonly unknown[];
}

/**
 * The settings with what the files have that they name, behind what they have themselves.
 *
 * @param folder where the stack's file lies
 * @throws SettingsError with all problems of the files at once
 */
export function withIncluded(values: Readonly<Record<string, unknown>>, folder: string): Written {
  const named = includeSchema.safeParse(values["include"] ?? []);
  // What is wrong with the key itself is told with all other keys.
  if (!named.success || named.data.length === 0) return writtenAsOne(values);
  const read = named.data.map((file, index) => partsOf(file, `include[${index}]`, folder));
  const problems = read.flatMap(({ problems: found }) => found);
  if (problems.length > 0) throw new SettingsError(problems);
  const own = INCLUDED_KEYS.flatMap((key): Part[] => {
    const entries = values[key];
    return Array.isArray(entries) ? [{ key, file: undefined, entries }] : [];
  });
  const parts = [...own, ...read.flatMap(({ parts: found }) => found)];
  // A list that is not one, in the stack's own file, is a problem of that key: nothing is put behind it.
  const lists = INCLUDED_KEYS.filter((key) => values[key] === undefined || Array.isArray(values[key]))
    .map((key) => ({ key, parts: parts.filter((part) => part.key === key) }))
    .filter(({ parts: all }) => all.length > 0);
  const joined = lists.map(({ key, parts: all }) => [key, all.flatMap(({ entries }) => entries)] as const);
  return { values: { ...values, ...Object.fromEntries(joined) }, placeOf: (path) => placeIn(parts, path) };
}

const fileSchema = z.partialRecord(z.enum(INCLUDED_KEYS), z.array(z.unknown()));

function partsOf(
  file: string,
  path: string,
  folder: string,
): { readonly parts: readonly Part[]; readonly problems: readonly Problem[] } {
  const refused = (...problems: readonly Problem[]): { parts: readonly Part[]; problems: readonly Problem[] } => ({
    parts: [],
    problems,
  });
  const place = { path, wanted: "a file beside the stack's own, in YAML" };
  let text: string;
  try {
    text = readFileSync(join(folder, file), "utf8");
  } catch {
    const got = `${file}, which cannot be read in ${folder}`;
    return refused({ ...place, got, fix: "correct its name, or put it there" });
  }
  const document = parseDocument(text);
  const [wrongYaml] = document.errors;
  if (wrongYaml !== undefined) {
    const [line = ""] = wrongYaml.message.split("\n");
    return refused({ ...place, got: `${file}, which is not YAML: ${line}`, fix: "correct it" });
  }
  const content: unknown = document.toJS();
  const parsed = fileSchema.safeParse(content);
  if (!parsed.success) {
    const keys =
      typeof content === "object" && content !== null && !Array.isArray(content) ? Object.entries(content) : [];
    const wrong = keys.filter(([key, value]) => !isIncluded(key) || !Array.isArray(value));
    if (wrong.length === 0) return refused(fileProblem(file, content === null ? "nothing" : "no group of keys"));
    return refused(
      ...wrong.map(([key]) =>
        fileProblem(`${file}: ${key}`, isIncluded(key) ? "no list" : "a key that belongs into the stack's own file"),
      ),
    );
  }
  const parts = Object.entries(parsed.data).map(([key, entries]) => ({ key, file, entries }));
  return { parts, problems: [] };
}

function isIncluded(key: string): boolean {
  return INCLUDED_KEYS.some((one) => one === key);
}

function fileProblem(path: string, got: string): Problem {
  return { path, got, wanted: `lists by the names ${INCLUDED_KEYS.join(", ")}`, fix: "correct the file" };
}

function placeIn(parts: readonly Part[], path: string): string {
  const [, key = "", digits = "", rest = ""] = /^(\w+)\[(\d+)\](.*)$/s.exec(path) ?? [];
  let index = Number(digits);
  for (const { file, entries } of parts.filter((part) => part.key === key)) {
    if (index < entries.length) return file === undefined ? path : `${file}: ${key}[${index}]${rest}`;
    index -= entries.length;
  }
  return path;
}
