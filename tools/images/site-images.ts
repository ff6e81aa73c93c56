/** Which images the sites of a stack run. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { plan as makePlan } from "../../components/plan/plan.ts";
import type { ImageName } from "../../components/plan/workload.ts";
import { pinsFile, readPins, type Pins } from "../../components/release/pins.ts";
import type { Settings } from "../../components/settings/schema.ts";
import { stackImages } from "../../stacks/images.ts";
import { fail } from "../console.ts";
import { ROOT } from "../paths.ts";

/** The images that a stack's containers are made of, those of its local world as well. */
export function imagesWanted(stack: string, settings: Settings): ImageName[] {
  const { world, sites } = makePlan(stack, settings);
  const groups = world === undefined ? sites : [world, ...sites];
  return [...new Set(groups.flatMap(({ workloads }) => workloads.map(({ image }) => image)))].toSorted();
}

/**
 * The same with what each is called: by digest, id or tag.
 *
 * @throws SentenceError where one has not been built or pushed
 */
export function imagesInUse(stack: string, settings: Settings, root = ROOT): Readonly<Record<string, string>> {
  try {
    const { images } = stackImages(root, stack, settings);
    return Object.fromEntries(imagesWanted(stack, settings).map((name) => [name, images(name)]));
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

/** What was pushed for a stack before; nothing where nothing was. @throws SentenceError where the file is broken */
export async function pushedBefore(stack: string, root = ROOT): Promise<Pins> {
  const path = pinsFile(stack);
  const text = await readFile(join(root, path), "utf8").catch(() => undefined);
  if (text === undefined) return {};
  try {
    return readPins(text, path);
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}
