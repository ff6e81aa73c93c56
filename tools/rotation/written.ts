/** Steps of keys in the files of a stack: its own, or one that it includes, where a domain has its entry there. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { hostsDomain, withKeyChange } from "../stack/key-settings.ts";
import { replaceFile } from "../stack/replace-file.ts";
import type { Change } from "./step.ts";

interface Text {
  readonly path: string;
  readonly original: string;
  readonly changed: string;
}

/**
 * Writes all steps, or none.
 *
 * @param own the stack's file
 * @param include the files that it names
 * @returns what takes them back
 */
export async function writeChanges(
  own: string,
  include: readonly string[],
  changes: readonly Change[],
): Promise<() => Promise<void>> {
  const paths = [own, ...include.map((file) => join(dirname(own), file))];
  const files = await Promise.all(paths.map(async (path) => ({ path, original: await readFile(path, "utf8") })));
  const changed = files.flatMap(({ path, original }): Text[] => {
    const here = changes.filter((change) => ownerOf(change, files)?.path === path);
    const text = here.reduce((before, change) => withKeyChange(before, change), original);
    return text === original ? [] : [{ path, original, changed: text }];
  });
  for (const { path, changed: text } of changed) await replaceFile(path, text);
  return async () => {
    for (const { path, original } of changed) await replaceFile(path, original);
  };
}

/** The file with the domain's entry; all other keys are named in the stack's own, the first. */
function ownerOf<File extends { readonly original: string }>(change: Change, files: readonly File[]): File | undefined {
  const hosting =
    change.kind === "dkim" ? files.find(({ original }) => hostsDomain(original, change.domain)) : undefined;
  return hosting ?? files[0];
}
