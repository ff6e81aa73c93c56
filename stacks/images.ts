/** Which images the machine has built. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { ImageName } from "../components/plan/workload.ts";

const imagesSchema = z.record(z.string(), z.looseObject({ tag: z.string() }));

/**
 * Tags by name, as `npm run images` wrote them down.
 *
 * @throws Error when the images have not been built
 */
export function builtImages(root: string): (image: ImageName) => string {
  const path = join(root, ".mailkeep", "images.json");
  const how = "Run `npm run images`, or `npm run up`, which does that too.";
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new Error(`The images have not been built: ${path} is missing. ${how}`);
  }
  const images = imagesSchema.parse(JSON.parse(text));
  return (image) => {
    const tag = images[image]?.tag;
    if (tag === undefined) throw new Error(`The image ${image} has not been built. ${how}`);
    return tag;
  };
}
