/** What the containers of a stack are made of: images of its registry by digest, those built here by id, or by tag. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { ImageName } from "../components/plan/workload.ts";
import type { RegistryLogin } from "../components/release/resource.ts";
import { pinsFile, readPins } from "../components/release/pins.ts";
import type { Settings } from "../components/settings/schema.ts";

/** Where the stack's images come from. */
export interface StackImages {
  /** What an image is called on the site's host. @throws Error when it has not been built or pushed */
  readonly images: (image: ImageName) => string;
  readonly registry: RegistryLogin | undefined;
}

/** @throws Error when no images have been built or pushed */
export function stackImages(root: string, stack: string, settings: Settings): StackImages {
  const { registry, user } = settings.images;
  if (registry === undefined) {
    const local = settings.sites.every(({ platform }) => platform === "local");
    return { images: builtImages(root, local ? "tag" : "id"), registry: undefined };
  }
  const password = settings.registryPassword;
  const login = user === undefined || password === undefined ? undefined : { user, password };
  return {
    images: pushedImages(root, stack, registry),
    registry: login && { host: registry.split("/")[0] ?? registry, ...login },
  };
}

const builtSchema = z.record(z.string(), z.looseObject({ tag: z.string(), id: z.string() }));

/** As `npm run images` wrote them down. A tag may come to mean another image, an id cannot. */
function builtImages(root: string, by: "tag" | "id"): StackImages["images"] {
  const path = join(root, ".mailkeep", "images.json");
  const how = "Run `npm run images`, or `npm run up`, which does that too.";
  const text = textOf(path);
  if (text === undefined) throw new Error(`The images have not been built: ${path} is missing. ${how}`);
  const images = builtSchema.parse(JSON.parse(text));
  return (image) => {
    const found = images[image];
    if (found === undefined) throw new Error(`The image ${image} has not been built. ${how}`);
    return found[by];
  };
}

/** As `npm run images -- push` wrote them down. */
function pushedImages(root: string, stack: string, registry: string): StackImages["images"] {
  const path = pinsFile(stack);
  const how = `Run \`npm run images -- push ${stack}\`, and commit ${path}.`;
  const text = textOf(join(root, path));
  if (text === undefined) throw new Error(`The images of ${stack} have not been pushed: ${path} is missing. ${how}`);
  const pins = readPins(text, path);
  return (image) => {
    const pin = pins[image];
    if (pin === undefined) throw new Error(`The image ${image} is not in ${path}. ${how}`);
    if (!pin.startsWith(`${registry}/`)) {
      throw new Error(`${path} has ${pin}, and the settings name the registry ${registry}. ${how}`);
    }
    return pin;
  };
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
