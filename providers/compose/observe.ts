/** What is on a host now: files, and containers. */
import { z } from "zod";
import { LABEL, specLabels } from "./compose-file.ts";
import { CommandError, script } from "./host.ts";
import type { Host } from "./host.ts";
import { sharedWith } from "./inputs.ts";
import type { ReleaseInputs } from "./inputs.ts";
import { hashOfFingerprints, layout } from "./layout.ts";
import type { Fingerprint } from "./layout.ts";

/** A container as Docker tells of it. */
export interface Container {
  readonly id: string;
  readonly workload: string | undefined;
  readonly running: boolean;
  readonly startedAt: string;
  readonly networkMode: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The releases of one workload that lie on a host. */
export interface Releases {
  /** Where `current` points. */
  readonly current: string | undefined;
  /** By folder name: the hash of what really lies in it. */
  readonly folders: ReadonlyMap<string, string>;
}

const FIND_FILES = `
cd "$1" 2>/dev/null || exit 0
find . -mindepth 2 -maxdepth 2 -type l -name current -printf 'link %l %P\\n'
find . -mindepth 2 -maxdepth 2 -type d -printf 'folder - %P\\n'
find . -mindepth 3 -type f -printf 'mode %m:%U %P\\n'
find . -mindepth 3 -type f -exec sha256sum {} + | sed 's/^\\([0-9a-f]*\\) [ *]\\.\\//sum \\1 /'
`;

/** All releases below a directory, by workload. */
export async function observeReleases(host: Host, directory: string): Promise<ReadonlyMap<string, Releases>> {
  const listing = await script(host, "listing the release", FIND_FILES, layout(directory).release);
  const files = new Map<string, Map<string, Map<string, Partial<Fingerprint>>>>();
  const current = new Map<string, string>();
  for (const line of listing.split("\n").filter(Boolean)) {
    const [kind, value = "", ...rest] = line.split(" ");
    const [workload = "", folder = "", ...below] = rest.join(" ").split("/");
    if (kind === "link") {
      current.set(workload, value);
      continue;
    }
    const folders = files.get(workload) ?? new Map<string, Map<string, Partial<Fingerprint>>>();
    const found = folders.get(folder) ?? new Map<string, Partial<Fingerprint>>();
    files.set(workload, folders.set(folder, found));
    const path = below.join("/");
    if (kind === "mode") {
      const [mode = "", uid = ""] = value.split(":");
      found.set(path, { ...found.get(path), mode: Number.parseInt(mode, 8), uid: Number(uid) });
    } else if (kind === "sum") {
      found.set(path, { ...found.get(path), sha256: value });
    }
  }
  return new Map(
    [...files].map(([workload, folders]) => [
      workload,
      {
        current: current.get(workload),
        folders: new Map([...folders].map(([folder, found]) => [folder, hashOfFingerprints(whole(found))])),
      },
    ]),
  );
}

function whole(found: ReadonlyMap<string, Partial<Fingerprint>>): Fingerprint[] {
  return [...found].map(([path, { sha256 = "", mode = 0, uid = -1 }]) => ({ path, sha256, mode, uid }));
}

const inspected = z.array(
  z.object({
    Id: z.string(),
    State: z.object({ Status: z.string(), StartedAt: z.string() }),
    HostConfig: z.object({ NetworkMode: z.string() }),
    Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }),
  }),
);

const INSPECT = `
project=$1; shift
ids=$("$@" ps -aq --no-trunc --filter "label=com.docker.compose.project=$project")
[ -z "$ids" ] && echo '[]' || "$@" inspect $ids
`;

/** The containers of a Compose project. */
export async function observeContainers(host: Host, project: string): Promise<Container[]> {
  const command = ["sh", "-ec", INSPECT, "sh", project, ...host.docker];
  let finished = await host.run(command);
  // A container may go between being listed and being looked at.
  if (finished.code !== 0 && /no such (object|container)/i.test(finished.stderr)) finished = await host.run(command);
  if (finished.code !== 0) throw new CommandError(host, "asking Docker for the containers", finished);
  return inspected.parse(JSON.parse(finished.stdout)).map(({ Id, State, HostConfig, Config }) => ({
    id: Id,
    workload: Config.Labels?.[LABEL.workload],
    running: State.Status === "running",
    startedAt: State.StartedAt,
    networkMode: HostConfig.NetworkMode,
    labels: Config.Labels ?? {},
  }));
}

/** How the container of a workload is. */
export type ServiceStatus = "running" | "stopped" | "missing" | "outdated" | "detached";

/** `outdated`: made from another specification; `detached`: in the network of a container that is gone. */
export function serviceStatus(name: string, inputs: ReleaseInputs, containers: readonly Container[]): ServiceStatus {
  const workload = inputs.workloads[name];
  const container = containers.find((one) => one.workload === name);
  if (workload === undefined || container === undefined) return "missing";
  const wanted = Object.entries(specLabels(workload, inputs));
  if (wanted.some(([label, value]) => container.labels[label] !== value)) return "outdated";
  if (!container.running) return "stopped";
  const shared = sharedWith(workload.service);
  const owner = containers.find((one) => one.workload === shared);
  if (shared !== undefined && container.networkMode !== `container:${owner?.id}`) return "detached";
  return "running";
}
