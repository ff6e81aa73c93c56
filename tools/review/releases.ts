/** What a change of a release does to what runs: the provider `compose` and the keeper act by the same signs. */
import { z } from "zod";
import type { Step } from "./events.ts";
import type { Change, Effect } from "./interruption.ts";
import { keysOf } from "./paths.ts";

/** Type of the resource. */
export const RELEASE = "compose:index:Release";

const mountSchema = z.looseObject({ source: z.string().optional() });
const serviceSchema = z.looseObject({
  network_mode: z.string().optional(),
  volumes: z.array(mountSchema).catch([]).default([]),
});
const workloadSchema = z.looseObject({
  service: serviceSchema.catch({ volumes: [] }).default({ volumes: [] }),
  files: z.record(z.string(), z.unknown()).catch({}).default({}),
});
const workloadsSchema = z.record(z.string(), workloadSchema).catch({});
const keeperSchema = z.looseObject({ reload: z.looseObject({ restart: z.boolean().optional() }).optional() });

type Workloads = z.infer<typeof workloadsSchema>;

/** What happens to each workload of a release; empty for a step that changes none. */
export function releaseChanges(step: Step): Change[] {
  if (step.type !== RELEASE) return [];
  const workloads = workloadsSchema.parse(step.inputs["workloads"]);
  const whole = WHOLE[step.op];
  if (whole !== undefined) {
    return Object.keys(workloads).map((what) => ({ what, effect: whole, cause: "" }));
  }
  if (step.op !== "update") return [];
  const changes = step.paths.flatMap((path) => changesOf(keysOf(path), workloads));
  return [...changes, ...inSharedNetwork(changes, workloads)];
}

const WHOLE: Readonly<Record<string, Effect>> = { create: "new", replace: "made anew", delete: "removed" };

function changesOf([property, workload = "", part, key]: readonly string[], workloads: Workloads): Change[] {
  const after = workloads[workload];
  if (property === "workloads" && part === undefined) {
    return [{ what: workload, effect: after === undefined ? "removed" : "new", cause: "" }];
  }
  if (property === "workloads" && (part === "files" || part === "secretFiles")) {
    const cause = key ?? part;
    return [{ what: workload, effect: cause === "keeper.json" || !reloads(after) ? "restarts" : "reloads", cause }];
  }
  if (property === "workloads") return [{ what: workload, effect: "made anew", cause: key ?? part ?? "" }];
  // The host is not as it was left: files were changed, or a container is gone.
  if (property === "hashes" && workload !== "") {
    return [{ what: workload, effect: reloads(after) ? "reloads" : "restarts", cause: "altered on the host" }];
  }
  if (property === "services" && workload !== "")
    return [{ what: workload, effect: "made anew", cause: "not as it should be" }];
  const cause = `${property ?? ""} ${workload}`;
  if (property === "networks")
    return Object.keys(workloads).map((name) => ({ what: name, effect: "made anew", cause }));
  // Those that mounted one which goes have a change of their own.
  if (property === "volumes")
    return mounting(workload, workloads).map((name) => ({ what: name, effect: "made anew", cause }));
  return [];
}

function mounting(volume: string, workloads: Workloads): string[] {
  return Object.entries(workloads)
    .filter(([, { service }]) => service.volumes.some(({ source }) => source === volume))
    .map(([workload]) => workload);
}

/** Whether the daemon takes changed files while it goes on. */
function reloads(workload: Workloads[string] | undefined): boolean {
  const text = workload?.files["keeper.json"];
  if (typeof text !== "string") return false;
  try {
    const { reload } = keeperSchema.parse(JSON.parse(text));
    return reload !== undefined && reload.restart !== true;
  } catch {
    return false;
  }
}

/** A container that lives in the network of another is made anew with it. */
function inSharedNetwork(changes: readonly Change[], workloads: Workloads): Change[] {
  const renewed = new Set(changes.filter(({ effect }) => effect === "made anew").map(({ what }) => what));
  return Object.entries(workloads).flatMap(([workload, { service }]): Change[] => {
    const [, owner = ""] = /^service:(.+)$/.exec(service.network_mode ?? "") ?? [];
    return renewed.has(owner) ? [{ what: workload, effect: "made anew", cause: `network of ${owner}` }] : [];
  });
}
