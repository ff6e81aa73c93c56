/** A workload as a Compose service. Pure. */
import type { Ref } from "../plan/text.ts";
import { resolveText } from "../plan/text.ts";
import type { Publication, Workload } from "../plan/workload.ts";
import type { JsonObject } from "./resource.ts";

/** Where a workload is to be, and what it is made of. */
export interface ServiceArgs {
  /** Name of the stack, which Docker's names begin with. */
  readonly stack: string;
  /** The site's name, or `world`. */
  readonly group: string;
  /** What the workload's image is called on the host: by digest, id or tag. */
  readonly image: string;
  /** Gives what the plan did not know. @default a workload with such a value is an error */
  readonly known?: (ref: Ref) => string;
}

/** What a daemon may keep in `/run` and `/tmp`, in MiB; it counts against the workload's memory limit. */
const RUN_MIB = 32;
const TMP_MIB = 32;
/**
 * Debian's Docker allows 2^30, and PostSRSd closes each that it may have open before it answers: minutes. The
 * edge needs the most, two for each of its connections.
 */
const OPEN_FILES = { soft: 1024, hard: 4096 } as const;
/** More than the keeper gives its daemon, so that it is the keeper who ends it. */
const STOP_MARGIN_SECONDS = 5;
const DEFAULT_STOP_SECONDS = 10;

/** The service, without the mounts of its release, which the provider adds. */
export function composeService(workload: Workload, { stack, group, image, known = unknown }: ServiceArgs): JsonObject {
  const { uid, limits, capabilities, keeper } = workload;
  const stopSeconds = (keeper.stopSeconds ?? DEFAULT_STOP_SECONDS) + STOP_MARGIN_SECONDS;
  return {
    image,
    pull_policy: "never",
    user: `${uid}:${uid}`,
    init: false,
    restart: "always",
    read_only: true,
    cap_drop: ["ALL"],
    ...(capabilities.length > 0 && { cap_add: capabilities }),
    security_opt: ["no-new-privileges:true"],
    ...network(workload, known),
    tmpfs: temporaryFolders(workload),
    ...(workload.volumes.length > 0 && { volumes: workload.volumes.map(volumeMount) }),
    mem_limit: `${limits.memoryMiB}m`,
    // Without swap: a mail server that swaps is worse than one that is started again.
    memswap_limit: `${limits.memoryMiB}m`,
    pids_limit: limits.pids,
    ulimits: { nofile: OPEN_FILES },
    stop_grace_period: `${stopSeconds}s`,
    healthcheck: {
      // Reads the keeper's state file only, for whoever looks at `docker ps`; the keeper itself asks the service every few seconds.
      // To begin a process in a container takes Docker some 90 ms of CPU (by perf, under load).
      test: ["CMD", "/keeper", "healthy"],
      interval: "60s",
      timeout: "30s",
      retries: 2,
      start_period: "60s",
    },
    logging: { driver: "json-file", options: { "max-size": "10m", "max-file": "3" } },
    labels: { "mailkeep.stack": stack, "mailkeep.site": group },
  };
}

function unknown({ ref }: Ref): never {
  throw new Error(`A service needs a value that is not known: ${ref}.`);
}

function network({ name, network: place, publish, sysctls }: Workload, known: (ref: Ref) => string): JsonObject {
  if (place.kind === "shared") return { network_mode: `service:${place.with}` };
  const networks = place.attach.map(({ network: key, address, address6 }, index): [string, JsonObject] => [
    key,
    // Connected in the order given: the first is the one that published ports lead to.
    { ipv4_address: address, ...(address6 !== undefined && { ipv6_address: address6 }), priority: 1000 - index },
  ]);
  return {
    hostname: name,
    networks: Object.fromEntries(networks),
    ...(Object.keys(sysctls).length > 0 && { sysctls }),
    ...(publish.length > 0 && { ports: publish.map((one) => port(one, known)) }),
  };
}

function port({ hostAddress, port: number, protocol }: Publication, known: (ref: Ref) => string): JsonObject {
  return { host_ip: resolveText(hostAddress, known), target: number, published: String(number), protocol };
}

function volumeMount({ volume, path, readOnly }: Workload["volumes"][number]): JsonObject {
  return { type: "volume", source: volume, target: path, read_only: readOnly };
}

function temporaryFolders({ uid, scratch }: Workload): string[] {
  const folders = [
    { path: "/run", uid, mode: "0755", sizeMiB: RUN_MIB },
    { path: "/tmp", uid, mode: "1777", sizeMiB: TMP_MIB },
    ...scratch,
  ];
  return folders.map((one) => `${one.path}:size=${one.sizeMiB}m,uid=${one.uid},gid=${one.uid},mode=${one.mode}`);
}
