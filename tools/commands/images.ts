/** `images`: builds what containers are made from. */
import { parseArgs } from "node:util";
import { say, table } from "../console.ts";
import { buildImages, pruneImages } from "../images/index.ts";
import { prepare } from "../offline/index.ts";

export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { prune: { type: "boolean" } } });
  await prepare({ needs: ["docker", "baseImage"] });
  const images = await buildImages();
  say(table([["IMAGE", "TAG"], ...Object.entries(images).map(([name, { tag }]) => [name, tag])]));
  if (values.prune === true) await pruneImages();
  return 0;
}
