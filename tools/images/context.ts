/** The folder that `docker build` gets: an image's own files and the artefacts it copies. */
import { chmod, copyFile, cp, link, mkdir, readlink, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fail } from "../console.ts";
import { temporary } from "../offline/cache.ts";
import type { Artefact } from "./artefacts.ts";
import { filesOf, hashOfFiles } from "./files.ts";
import type { ImageSource } from "./source.ts";

/**
 * Runs work with a context folder that is gone afterwards.
 *
 * @throws SentenceError where the files are not those any more that `source` names
 */
export async function withContext<T>(
  source: ImageSource,
  artefacts: readonly Artefact[],
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await temporary();
  try {
    for (const { path, kind } of source.files) {
      const target = join(folder, path);
      await mkdir(dirname(target), { recursive: true });
      if (kind === "link") await symlink(await readlink(join(source.folder, path)), target);
      else {
        await copyFile(join(source.folder, path), target);
        // Not the checkout's: its modes depend on the umask of whoever cloned it.
        await chmod(target, kind === "executable" ? 0o755 : 0o644);
      }
    }
    // The tag is a promise about the content, so it must not be given to files that were edited since they were hashed.
    if (hashOfFiles(await filesOf(folder)) !== hashOfFiles(source.files)) {
      fail(`Files in ${source.folder} changed while its image was being built: start again.`);
    }
    for (const artefact of artefacts) await place(artefact.path, join(folder, artefact.name));
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A large file is linked, not copied; the cache and the context lie on one file system. */
async function place(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => cp(from, to, { recursive: true }));
}
