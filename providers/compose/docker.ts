/** Docker and Compose on a host, with failures as sentences. */
import { explain } from "./explain.ts";
import type { Host } from "./host.ts";
import type { ReleaseInputs } from "./inputs.ts";
import { layout } from "./layout.ts";

/** Runs `docker`; gives its output. */
export async function docker(host: Host, what: string, args: readonly string[]): Promise<string> {
  return await succeed(host, what, [...host.docker, ...args], 120);
}

/** Runs `docker compose` for a release. */
export async function compose(
  host: Host,
  what: string,
  { project, directory }: Pick<ReleaseInputs, "project" | "directory">,
  args: readonly string[],
  timeoutSeconds: number,
): Promise<void> {
  const { composeFile } = layout(directory);
  const where = ["--project-name", project, "--project-directory", directory, "--file", composeFile];
  await succeed(
    host,
    what,
    [...host.compose, "--ansi", "never", "--progress", "plain", ...where, ...args],
    timeoutSeconds,
  );
}

/** Sees that Docker and Compose answer, and that all images are there, before anything is changed. */
export async function checkHost(host: Host, inputs: ReleaseInputs): Promise<void> {
  await docker(host, "asking Docker for its version", ["version", "--format", "{{.Server.Version}}"]);
  await succeed(host, "asking Compose for its version", [...host.compose, "version"], 60);
  const images = new Set(Object.values(inputs.workloads).map(({ service }) => String(service["image"])));
  const missing: string[] = [];
  for (const image of images) {
    const found = await host.run([...host.docker, "image", "inspect", "--format", "{{.Id}}", image]);
    if (found.code !== 0) missing.push(image);
  }
  if (missing.length === 0) return;
  const [which, are] = missing.length === 1 ? ["image", "is"] : ["images", "are"];
  throw new Error(
    `The ${which} ${missing.join(", ")} ${are} not on ${host.name}. Build the images first, then run the same command again.`,
  );
}

async function succeed(host: Host, what: string, command: readonly string[], timeoutSeconds: number): Promise<string> {
  const finished = await host.run(command, { timeoutSeconds });
  if (finished.code === 127) {
    throw new Error(
      `The program ${command[0]} is not on ${host.name}: install it, or name another one in MAILKEEP_DOCKER or MAILKEEP_COMPOSE.`,
    );
  }
  if (finished.code !== 0) throw new Error(explain(what, `${finished.stdout}\n${finished.stderr}`, host.name));
  return finished.stdout;
}
