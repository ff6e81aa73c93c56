/** What a workload sees of its host it can read, and often change. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { listOption } from "../options.ts";
import { mountsOf } from "../read/mounts.ts";
import { eachWorkload } from "../read/release.ts";
import { words } from "../read/values.ts";

interface Config {
  readonly folders: readonly string[];
}

export const disallowHostMount: ResourceValidationPolicy = {
  name: "disallow-host-mount",
  description: "A workload mounts the volumes of its release, and no folder of the host.",
  enforcementLevel: "mandatory",
  severity: "high",
  configSchema: {
    properties: {
      folders: listOption("Folders of the host that may be mounted, read-only."),
    },
  },
  remediationSteps: "Use a volume of the release, or render the content into `files`.",
  validateResource: eachWorkload((workload, report, { volumes }, args) => {
    const { folders } = args.getConfig<Config>();
    for (const { kind, source, target, readOnly } of mountsOf(workload)) {
      if (kind === "bind" && !(folders.includes(source) && readOnly)) {
        report(`it mounts ${source} of the host at ${target}; use a volume of the release.`);
      }
      if (kind === "other")
        report(`it mounts ${source} at ${target} in a way that no rule here reads; use a volume of the release.`);
      if (kind === "volume" && !volumes.has(source)) {
        const shown = source === "" ? "a volume without a name" : `the volume ${source}`;
        report(`it mounts ${shown} at ${target}, which the release does not have; name one of its volumes.`);
      }
    }
    for (const other of words(workload.service["volumes_from"])) {
      report(`it takes the volumes of ${other}; name the ones that it needs.`);
    }
  }),
};
