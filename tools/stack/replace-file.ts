/** Puts a text in a file's place: whoever reads it meanwhile sees the old one or the new one, whole. */
import { rename, writeFile } from "node:fs/promises";

/** Makes a file that is not there yet. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}
