/** The few things that the tools ask Docker itself. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { fail } from "../console.ts";

const execute = promisify(execFile);

/** Runs `docker` with some arguments and gives its standard output. */
export type Docker = (...args: readonly string[]) => Promise<string>;

/** That of this machine. */
export async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await execute("docker", args, { maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** Runs `docker` with something on its standard input. */
export function dockerWithInput(input: string, ...args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile("docker", args, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`docker ${args.slice(0, 4).join(" ")}: ${stderr.trim() || error.message}`));
    });
    child.stdin?.end(input);
  });
}

/** The id of a workload's container. @param run the Docker that it is at */
export async function containerOf(
  stack: string,
  site: string,
  workload: string,
  run: Docker = docker,
): Promise<string> {
  const labels = [`mailkeep.stack=${stack}`, `mailkeep.site=${site}`, `mailkeep.workload=${workload}`];
  const ids = await run("ps", "--quiet", "--no-trunc", ...labels.flatMap((label) => ["--filter", `label=${label}`]));
  return (
    ids.trim().split("\n")[0] ||
    fail(`The workload ${workload} of ${site} does not run. See \`npm run status -- ${stack}\`.`)
  );
}
