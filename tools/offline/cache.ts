/** The user's cache folder: everything that is fetched or built once a machine, each thing under its version. */
import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { cacheFolder, locked } from "./node.mjs";

/** `$XDG_CACHE_HOME/mailkeep`, or `~/.cache/mailkeep`. It can be deleted at any time: the next start makes it again. */
export function cacheRoot(): string {
  return cacheFolder(process.env, homedir());
}

/** A path below that folder. */
export function inCache(...parts: string[]): string {
  return join(cacheRoot(), ...parts);
}

/** Folder for executables: `pulumi`, its language host and plugins. Put first on PATH by {@link prepare}. */
export function cacheBin(): string {
  return inCache("bin");
}

/** Whether there is anything at a path. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/**
 * Makes a folder of the cache once. `make` fills a temporary folder that takes its name only when all of it is there,
 * so a start that was broken off leaves nothing half done; a second process waits for the first.
 *
 * @returns the folder's path
 */
export async function once(parts: readonly string[], make: (folder: string) => Promise<void>): Promise<string> {
  const target = inCache(...parts);
  if (await exists(target)) return target;
  return locked(`${target}.lock`, async () => {
    if (await exists(target)) return target;
    const draft = await temporary(dirname(target));
    try {
      await make(draft);
      await rename(draft, target);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
    return target;
  });
}

/** A fresh folder to work in. It lies in the cache, not in /tmp, so that a rename out of it never crosses file systems. */
export async function temporary(parent: string = cacheRoot()): Promise<string> {
  await mkdir(parent, { recursive: true });
  await clearDrafts(parent);
  return mkdtemp(join(parent, DRAFT));
}

const DRAFT = ".draft-";
const DAY_MS = 86_400_000;

/** What a killed process left. Nothing here takes a day. */
async function clearDrafts(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(DRAFT)) continue;
    const path = join(parent, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > DAY_MS) await rm(path, { recursive: true, force: true });
  }
}
