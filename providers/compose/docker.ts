/** Docker and Compose on a host, with failures as sentences. */
import type { Log } from "./engine.ts";
import { explain } from "./explain.ts";
import type { Host } from "./host.ts";
import { ensureImages } from "./images.ts";
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
export async function prepareHost(host: Host, inputs: ReleaseInputs, log: Log): Promise<void> {
  const user = await host.run(["id", "-u"]);
  if (user.stdout.trim() !== "0") {
    throw new Error(
      `Putting ${inputs.project} on ${host.name} needs the rights of root, for each workload's files belong to a user of its own. Run the same command as root (such as with sudo).`,
    );
  }
  await docker(host, "asking Docker for its version", ["version", "--format", "{{.Server.Version}}"]);
  await succeed(host, "asking Compose for its version", [...host.compose, "version"], 60);
  await ensureImages(host, inputs, log);
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
