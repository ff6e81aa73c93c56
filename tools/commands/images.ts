/** `images`: builds what containers are made from, and pushes it to a stack's registry. */
import { fail, say, table } from "../console.ts";
import { buildImages, pruneImages } from "../images/index.ts";
import { pushStack } from "../images/see-to.ts";
import { prepare } from "../offline/index.ts";
import { stackArguments } from "../stack/arguments.ts";
import { stackSettings } from "../stack/settings.ts";

export async function run(args: readonly string[]): Promise<number> {
  const { stack, flags, rest } = stackArguments(args, ["prune", "refresh"], 1);
  const [verb] = rest;
  if (verb !== undefined && verb !== "push") fail(`"${verb}" is nothing that can be done with images: push is.`);
  const refresh = flags.has("refresh");
  if (verb === "push") {
    const settings = await stackSettings(stack);
    await prepare({ needs: ["docker"] });
    await pushStack(stack, settings, refresh);
  } else {
    await prepare({ needs: ["docker"] });
    const images = await buildImages({ refresh });
    say(table([["IMAGE", "TAG"], ...Object.entries(images).map(([name, { tag }]) => [name, tag])]));
  }
  if (flags.has("prune")) await pruneImages();
  return 0;
}
