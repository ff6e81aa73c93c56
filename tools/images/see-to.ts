/** What a stack needs of images before it can be brought up: built here, or pushed to its registry. */
import { pinsFile, type Pins } from "../../components/release/pins.ts";
import type { Settings } from "../../components/settings/schema.ts";
import { fail, say, step, table } from "../console.ts";
import { run } from "../offline/run.ts";
import { buildImages } from "./index.ts";
import { pushImages, writePins } from "./push.ts";
import { askRegistry } from "./registry.ts";
import { imagesInUse, imagesWanted, pushedBefore } from "./site-images.ts";

/**
 * Sees that a stack's images are there.
 *
 * @param refresh make all of them anew with today's packages of Debian
 * @throws SentenceError where they cannot be had, before anything of the stack is changed
 */
export async function seeToImages(stack: string, settings: Settings, refresh = false): Promise<void> {
  if (settings.images.registry === undefined) {
    const local = settings.sites.some(({ platform }) => platform === "local");
    await buildImages({ refresh, ...(!local && { only: imagesWanted(stack, settings) }) });
  } else if (refresh) await pushStack(stack, settings, true);
  else imagesInUse(stack, settings);
}

/** Builds what a stack needs, pushes it to its registry and writes the digests down. */
export async function pushStack(stack: string, settings: Settings, refresh: boolean): Promise<void> {
  const { registry } = settings.images;
  if (registry === undefined) {
    return fail(
      `The settings of ${stack} name no registry, so its images go to the sites with the release. Set \`mailkeep:images\` to have them in one; docs/images.md says how.`,
    );
  }
  await askRegistry(registry);
  const before = await pushedBefore(stack).catch((): Pins => ({}));
  const images = await buildImages({ refresh, only: imagesWanted(stack, settings) });
  const pushing = step(`Pushing to ${registry}`);
  const pins = await pushImages({ registry, images, step: pushing, runner: run });
  pushing.done(`${Object.keys(pins).length} images`);
  await writePins(stack, pins);
  say(pushedWords(stack, before, pins));
}

/** What a push changed, and what comes next. */
export function pushedWords(stack: string, before: Pins, pins: Pins): string {
  const changed = Object.entries(pins).filter(([name, pin]) => before[name] !== pin);
  if (changed.length === 0) return `${pinsFile(stack)} is as it was: the registry had all of them.`;
  const rows = changed.map(([name, pin]) => [name, short(before[name]), short(pin)]);
  const next = `They are in ${pinsFile(stack)}: look at it, commit it, and \`npm run up -- ${stack}\` brings them to the sites.`;
  return `${table([["IMAGE", "BEFORE", "NOW"], ...rows])}\n${next}`;
}

/** Tag and the beginning of the digest. */
function short(pin: string | undefined): string {
  const [, tag = "", digest = ""] = /:([^:@/]+)@(sha256:[0-9a-f]{12})/.exec(pin ?? "") ?? [];
  return pin === undefined ? "-" : `${tag} ${digest}`;
}
