/** Takes a release's containers and networks away. */
import { setTimeout as delay } from "node:timers/promises";
import { compose, docker } from "./docker.ts";
import type { Log } from "./engine.ts";
import type { Host } from "./host.ts";
import type { ReleaseInputs } from "./inputs.ts";

const COMPOSE_SECONDS = 300;

/** Docker counts the endpoints of containers that have just gone for a moment longer, and keeps their network for them. */
const LINGER_TRIES = 10;
const IN_USE = /has active endpoints/;

/**
 * Removes a project's containers and networks. A network that Docker keeps is told of: it does no harm, and the next release
 * with its name uses it.
 *
 * @param hasFile whether its Compose file is there
 */
export async function takeDown(host: Host, inputs: ReleaseInputs, hasFile: boolean, log: Log): Promise<void> {
  const down = (): Promise<void> =>
    compose(host, `Taking ${inputs.project} down`, inputs, ["down", "--remove-orphans"], COMPOSE_SECONDS);
  const byLabel = (): Promise<void> => removeByLabel(host, inputs.project);
  const first = await failureOf(hasFile ? down : byLabel);
  let failure = first;
  for (let left = LINGER_TRIES; failure !== undefined && left > 0; left -= 1) {
    await delay(500);
    failure = await failureOf(byLabel);
  }
  if (first !== undefined && failure !== undefined && !IN_USE.test(failure.message)) throw first;
  for (const network of await networksOf(host, inputs.project)) await tellOfNetwork(host, network, log);
}

/** What a piece of work failed with. */
async function failureOf(work: () => Promise<void>): Promise<Error | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function removeByLabel(host: Host, project: string): Promise<void> {
  const found = await docker(host, "listing containers", ["ps", "--all", "--quiet", ...ofProject(project)]);
  const containers = found.split("\n").filter(Boolean);
  if (containers.length > 0) await docker(host, "removing containers", ["rm", "--force", ...containers]);
  const networks = await networksOf(host, project);
  if (networks.length > 0) await docker(host, "removing networks", ["network", "rm", ...networks]);
}

async function networksOf(host: Host, project: string): Promise<string[]> {
  const format = ["--format", "{{.Name}}"];
  const found = await docker(host, "listing networks", ["network", "ls", ...format, ...ofProject(project)]);
  return found.split("\n").filter(Boolean);
}

/**
 * Docker's own count of a network's containers is wrong now and then, after many of them have started at once, until it starts
 * anew (github.com/moby/moby/issues/42119).
 */
async function tellOfNetwork(host: Host, network: string, log: Log): Promise<void> {
  const format = ["--format", "{{range .Containers}}{{.Name}} {{end}}"];
  const found = await docker(host, "asking who uses a network", ["network", "inspect", ...format, network]);
  const names = found.split(/\s+/).filter(Boolean);
  log.warn(
    names.length > 0
      ? `The network ${network} stays on ${host.name}, for ${names.join(", ")} uses it. Without that, \`docker network rm ${network}\` removes it.`
      : `The network ${network} stays on ${host.name}: Docker counts a container there, and there is none. \`docker network rm ${network}\` removes it once Docker has been started anew.`,
  );
}

function ofProject(project: string): string[] {
  return ["--filter", `label=com.docker.compose.project=${project}`];
}
