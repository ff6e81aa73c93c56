/** Takes away images of earlier states of the checkout. */
import { run, type Runner } from "../offline/run.ts";
import { isImageName } from "./names.ts";
import { readImages, type BuiltImages } from "./record.ts";

/** Tags of images. */
export interface Pruned {
  readonly removed: readonly string[];
  /** Those that a container still uses. */
  readonly kept: readonly string[];
}

/**
 * Removes the tags of our images that `.mailkeep/images.json` does not name. Layers that others share stay.
 *
 * Another checkout on the same engine builds its own again when they are gone, so this is done on request only.
 */
export async function pruneImages(runner: Runner = run): Promise<Pruned> {
  const { stdout } = await runner("docker", [
    "images",
    "--format",
    "{{.Repository}}:{{.Tag}}",
    "--filter",
    "reference=mailkeep/*",
  ]);
  const removed: string[] = [];
  const kept: string[] = [];
  for (const tag of outdated(stdout.split("\n"), await readImages())) {
    // Without force: the engine itself refuses what a container uses.
    const { code } = await runner("docker", ["rmi", tag]);
    (code === 0 ? removed : kept).push(tag);
  }
  return { removed, kept };
}

/** Tags of our naming that are not in use, and base images but the newest. */
export function outdated(tags: readonly string[], current: BuiltImages): string[] {
  const used = new Set(Object.values(current).map(({ tag }) => tag));
  const bases = tags.filter((tag) => tag.startsWith("mailkeep/debian:13-r")).sort();
  return tags.filter((tag) => {
    const [, name] = /^mailkeep\/([a-z]+):[0-9a-f]{12}$/.exec(tag) ?? [];
    return (name !== undefined && isImageName(name) && !used.has(tag)) || bases.slice(0, -1).includes(tag);
  });
}
