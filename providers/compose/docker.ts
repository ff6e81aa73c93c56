/** Docker and Compose on a host, with failures as sentences. */
import { setTimeout as delay } from "node:timers/promises";
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

/** Docker counts the endpoints of containers that have just gone for a moment longer, and keeps their network for them. */
const LINGER_TRIES = 10;

/** Removes a project's containers and networks. */
export async function takeDown(host: Host, inputs: ReleaseInputs, timeoutSeconds: number): Promise<void> {
  try {
    await compose(host, `Taking ${inputs.project} down`, inputs, ["down", "--remove-orphans"], timeoutSeconds);
  } catch (error) {
    for (let left = LINGER_TRIES; left > 0; left -= 1) {
      const gone = await removeByLabel(host, inputs.project).then(
        () => true,
        () => false,
      );
      if (gone) return;
      await delay(500);
    }
    throw error;
  }
}

/** Removes the containers and networks of a project whose Compose file is gone. */
export async function removeByLabel(host: Host, project: string): Promise<void> {
  const filter = ["--quiet", "--filter", `label=com.docker.compose.project=${project}`];
  const containers = (await docker(host, "listing containers", ["ps", "--all", ...filter])).split("\n").filter(Boolean);
  if (containers.length > 0) await docker(host, "removing containers", ["rm", "--force", ...containers]);
  const networks = (await docker(host, "listing networks", ["network", "ls", ...filter])).split("\n").filter(Boolean);
  if (networks.length > 0) await docker(host, "removing networks", ["network", "rm", ...networks]);
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
