/** The Compose file of a release. Pure. */
import { sharedWith } from "./inputs.ts";
import type { ReleaseInputs, WorkloadInputs } from "./inputs.ts";
import { hashOfSpec, layout } from "./layout.ts";
import { isList, isObject, mapObject } from "./values.ts";
import type { Plain, PlainObject } from "./values.ts";

/** Labels of what a release makes. */
export const LABEL = {
  workload: "mailkeep.workload",
  /** Of what the container was made; a container with another one is out of date. */
  spec: "mailkeep.spec",
  /** The specification of the container whose network is shared, so that both are made anew together. */
  network: "mailkeep.network",
  kind: "mailkeep.kind",
  /** Tells a volume from one of the same name that was deleted. */
  identity: "mailkeep.identity",
  project: "mailkeep.project",
} as const;

/** JSON is YAML, so this is what is written to `compose.yaml`. */
export function composeText(inputs: ReleaseInputs): string {
  const file = escapeDollars({
    name: inputs.project,
    services: mapObject(inputs.workloads, (workload, name) => serviceOf(name, workload, inputs)),
    networks: inputs.networks,
    // Made by the provider and `external` here: whatever Compose thinks of a volume, it never deletes one.
    volumes: mapObject(inputs.volumes, ({ name }) => ({ name, external: true })),
  });
  return `# Written by mailkeep. Changes made here are undone by the next run.\n${JSON.stringify(file, null, 2)}\n`;
}

/** What the labels of a workload's container must say. */
export function specLabels(workload: WorkloadInputs, inputs: ReleaseInputs): Record<string, string> {
  const provider = inputs.workloads[sharedWith(workload.service) ?? ""];
  return {
    [LABEL.spec]: hashOfContainer(workload),
    ...(provider === undefined ? {} : { [LABEL.network]: hashOfContainer(provider) }),
  };
}

function hashOfContainer({ service, mounts, files }: WorkloadInputs): string {
  return mounts === undefined
    ? hashOfSpec(service)
    : hashOfSpec({ service, mounts: mapObject(mounts, (file) => files[file] ?? "") });
}

function serviceOf(name: string, workload: WorkloadInputs, inputs: ReleaseInputs): PlainObject {
  const { service } = workload;
  const { releasesOf, stateOf } = layout(inputs.directory);
  const mounts = isList(service["volumes"]) ? service["volumes"] : [];
  const single = Object.entries(workload.mounts ?? {}).map(([place, file]) =>
    bind(`${releasesOf(name)}/current/${file}`, place, true),
  );
  const labels = isObject(service["labels"]) ? service["labels"] : {};
  return {
    pull_policy: "never",
    ...service,
    volumes: [
      ...mounts,
      bind(releasesOf(name), "/release", true),
      bind(stateOf(name), "/var/lib/keeper", false),
      ...single,
    ],
    labels: { ...labels, [LABEL.workload]: name, ...specLabels(workload, inputs) },
  };
}

function bind(source: string, target: string, readOnly: boolean): PlainObject {
  return { type: "bind", source, target, read_only: readOnly, bind: { create_host_path: false } };
}

/** Compose puts environment variables in place of `$NAME`. */
function escapeDollars(value: Plain): Plain {
  if (typeof value === "string") return value.replaceAll("$", "$$$$");
  if (isList(value)) return value.map(escapeDollars);
  return isObject(value) ? mapObject(value, escapeDollars) : value;
}
