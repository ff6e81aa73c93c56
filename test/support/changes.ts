/** Changes to the settings of the stack under test. */
import { readFile, writeFile } from "node:fs/promises";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { stackFile } from "../../tools/paths.ts";

export type Settings = Record<string, unknown>;

/** Changes a stack's settings file. @returns the new text */
export async function editSettings(stack: string, change: (settings: Settings) => void): Promise<string> {
  const document = z
    .looseObject({ config: z.record(z.string(), z.unknown()) })
    .parse(parse(await readFile(stackFile(stack), "utf8")));
  change(document.config);
  const text = stringify(document);
  await writeFile(stackFile(stack), text);
  return text;
}

/** A list in the settings, to be added to. */
export function listIn(settings: Settings, key: string): unknown[] {
  const value = settings[key];
  if (!Array.isArray(value)) throw new Error(`${key} is no list`);
  return value;
}
