/** A workload that shares a namespace with its host is not contained in it. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { eachWorkload } from "../read/release.ts";
import { word } from "../read/values.ts";

/** Compose's keys that choose a namespace. */
const NAMESPACES = ["network_mode", "pid", "ipc", "uts", "userns_mode", "cgroup"] as const;

export const disallowHostNamespace: ResourceValidationPolicy = {
  name: "disallow-host-namespace",
  description: "A workload shares no namespace with its host or with a container of another release.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps: "Attach the workload to a network, or share the stack of a workload of its own release.",
  validateResource: eachWorkload(({ service }, report) => {
    for (const key of NAMESPACES) {
      const mode = word(service[key]);
      if (mode === "host") report(`${key} is host, which shares the machine's own; remove it.`);
      if (key === "network_mode" && !/^($|host$|none$|service:|container:)/.test(mode))
        report(`network_mode is ${mode}, a network outside the release; attach it to one of the release's own.`);
      if (mode.startsWith("container:")) {
        report(`${key} is ${mode}, a container outside the release; name a workload of it, as in service:net.`);
      }
    }
  }),
};
