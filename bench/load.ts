/** Runs the load program in a container that shares the foreign server's network. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { containerOf } from "../tools/site/docker.ts";
import { ROOT } from "../tools/paths.ts";
import { readImages } from "../tools/images/index.ts";
import { fail } from "../tools/console.ts";
import { outcomeSchema, type Job, type Outcome } from "./load/job.ts";
import { STACK } from "./stack.ts";

/** couchmail's image has the Node.js that the load program needs. */
const IMAGE = "couchmail";

/** @param begin is awaited when all readers are logged in, before the first message goes out */
export async function load(job: Job, begin: () => Promise<void> = () => Promise.resolve()): Promise<Outcome> {
  const outside = await containerOf(STACK, "world", "outside");
  const image = (await readImages())[IMAGE]?.tag ?? fail("The images have not been built: run `npm run images`.");
  const mounts = ["package.json", "node_modules", "bench"].flatMap((name) => [
    "--volume",
    `${join(ROOT, name)}:/mailkeep/${name}:ro`,
  ]);
  const container = ["run", "--rm", "--interactive", "--read-only", "--network", `container:${outside}`, ...mounts];
  const program = ["--disable-warning=ExperimentalWarning", "/mailkeep/bench/load/main.ts"];
  const child = spawn("docker", [...container, "--entrypoint", "/usr/local/bin/node", image, ...program], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const next: IteratorResult<string, undefined> = await lines.next();
    return next.value ?? fail("The load program ended early: see its words above.");
  };
  try {
    child.stdin.write(`${JSON.stringify(job)}\n`);
    await line();
    await begin();
    child.stdin.write("go\n");
    return outcomeSchema.parse(JSON.parse(await line()));
  } finally {
    child.stdin.destroy();
  }
}
