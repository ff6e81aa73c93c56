/** Finds programs as a shell does. */
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** The first executable of this name on PATH, in none of the folders left out. */
export async function onPath(
  name: string,
  path: string | undefined = process.env["PATH"],
  leftOut: readonly string[] = [],
): Promise<string | undefined> {
  for (const folder of (path ?? "").split(delimiter)) {
    if (folder === "" || leftOut.includes(folder)) continue;
    const file = join(folder, name);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
