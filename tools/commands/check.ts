/** `check`: one real message in, one out. With `--images`: whether the images lack updates of Debian's. */
import { fail, say, table } from "../console.ts";
import { imagesInUse } from "../images/site-images.ts";
import { debianUpdates, type Update } from "../images/updates.ts";
import { prepare } from "../offline/index.ts";
import { run as runProgram } from "../offline/run.ts";
import { stackReport } from "../site/report.ts";
import { roundTrip } from "../site/round-trip.ts";
import { stackArguments } from "../stack/arguments.ts";
import { isLocal } from "../stack/local.ts";
import { stackExists, stackSettings } from "../stack/settings.ts";

export async function run(args: readonly string[]): Promise<number> {
  const { stack, flags } = stackArguments(args, ["images"]);
  if (!stackExists(stack)) fail(`There is no stack ${stack} here yet: \`npm run up\` makes the local one.`);
  if (flags.has("images")) return checkImages(stack);
  if (!isLocal(stack))
    fail(
      `A message is sent round in a local stack's own world, and ${stack} is in the real one. \`npm run status -- ${stack}\` asks its sites, and \`npm run mailkeep -- preflight ${stack} --from <site>\` looks for what keeps mail away.`,
    );
  const { inbound, outbound } = await roundTrip(await stackReport(stack));
  say(
    `A message came in after ${inbound.toFixed(1)} s, and one went out, signed and verified, after ${outbound.toFixed(1)} s.`,
  );
  return 0;
}

/** @returns 1 when an image lacks an update */
async function checkImages(stack: string): Promise<number> {
  const images = imagesInUse(stack, await stackSettings(stack, true));
  await prepare({ needs: ["docker"] });
  const updates = await debianUpdates(images, runProgram);
  say(updateWords(stack, Object.keys(images).length, updates));
  return updates.length === 0 ? 0 : 1;
}

/** A line for each package that lacks an update, and what to do. */
export function updateWords(stack: string, images: number, updates: readonly Update[]): string {
  if (updates.length === 0) return `All ${images} images of ${stack} have what Debian has today.`;
  const rows = updates.map((update) => [update.image, update.package, update.have, update.available, update.from]);
  const stale = new Set(updates.map(({ image }) => image)).size;
  return [
    table([["IMAGE", "PACKAGE", "HAVE", "AVAILABLE", "FROM"], ...rows]),
    `${stale} of ${images} images of ${stack} lack updates: \`npm run up -- ${stack} --refresh\` builds them anew and brings them to the sites.`,
  ].join("\n\n");
}
