/** Runs the load program in a container that shares the foreign server's network. */
import { join } from "node:path";
import { containerOf, dockerWithInput } from "../tools/site/docker.ts";
import { ROOT } from "../tools/paths.ts";
import { readImages } from "../tools/images/index.ts";
import { fail } from "../tools/console.ts";
import { outcomeSchema, type Job, type Outcome } from "./load/job.ts";
import { STACK } from "./stack.ts";

/** couchmail's image has the Node.js that the load program needs. */
const IMAGE = "couchmail";

export async function load(job: Job): Promise<Outcome> {
  const outside = await containerOf(STACK, "world", "outside");
  const image = (await readImages())[IMAGE]?.tag ?? fail("The images have not been built: run `npm run images`.");
  const mounts = ["package.json", "node_modules", "bench"].flatMap((name) => [
    "--volume",
    `${join(ROOT, name)}:/mailkeep/${name}:ro`,
  ]);
  const output = await dockerWithInput(
    JSON.stringify(job),
    "run",
    "--rm",
    "--interactive",
    "--read-only",
    "--network",
    `container:${outside}`,
    ...mounts,
    "--entrypoint",
    "/usr/local/bin/node",
    image,
    "--disable-warning=ExperimentalWarning",
    "/mailkeep/bench/load/main.ts",
  );
  return outcomeSchema.parse(JSON.parse(output));
}
