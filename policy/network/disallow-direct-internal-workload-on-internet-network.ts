/** What takes no part in talking to the world is not on its network. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { ON_INTERNET } from "./allowed.ts";
import { eachWorkload, type Release, type ReleaseWorkload } from "../read/release.ts";
import { isFields, list, word } from "../read/values.ts";

export const disallowDirectInternalWorkloadOnInternetNetwork: ResourceValidationPolicy = {
  name: "disallow-direct-internal-workload-on-internet-network",
  description: "Only the workloads that speak to the world are attached to the network `internet`.",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps:
    "Attach the workload to the site's own network only; what comes from outside reaches it by the edge.",
  validateResource: eachWorkload((workload, report, release) => {
    if (ON_INTERNET.has(workload.name)) return;
    for (const network of networksOf(workload).filter((name) => isInternet(name, release))) {
      report(
        `it is attached to the network ${network}, but only ${[...ON_INTERNET].join(", ")} may be; ` +
          "attach it to the site's own network.",
      );
    }
    // No networks and no mode at all means the project's default network, which reaches everything.
    if (networksOf(workload).length === 0 && word(workload.service["network_mode"]) === "") {
      report(
        "it names no network, so Compose gives it one that reaches the world; attach it to the site's own network.",
      );
    }
  }),
};

function networksOf({ service }: ReleaseWorkload): string[] {
  const { networks } = service;
  return isFields(networks) ? Object.keys(networks) : list(networks).map(word);
}

function isInternet(name: string, { networks }: Release): boolean {
  return [name, networks.get(name) ?? ""].some((one) => one === "internet" || one.endsWith("-internet"));
}
