/** What takes no part in talking to the world is not on its network. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { IN_NET, ON_INTERNET } from "./allowed.ts";
import { eachWorkload, type Release, type ReleaseWorkload } from "../read/release.ts";
import { fields, isFields, list, word } from "../read/values.ts";

export const disallowDirectInternalWorkloadOnInternetNetwork: ResourceValidationPolicy = {
  name: "disallow-direct-internal-workload-on-internet-network",
  description: "Only the workloads that speak to the world are attached to the network `internet`.",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps:
    "Attach the workload to the site's own network only; what comes from outside reaches it by the edge.",
  validateResource: eachWorkload((workload, report, release) => {
    const mode = word(workload.service["network_mode"]);
    const [, host] = /^service:(.+)$/.exec(mode) ?? [];
    if (host !== undefined && !IN_NET.has(workload.name) && reachesInternet(host, release))
      report(
        `it shares the network of ${host}, which is attached to the world's; only ${[...IN_NET].join(", ")} may: attach it to the ` +
          "site's own network.",
      );
    if (ON_INTERNET.has(workload.name)) return;
    for (const network of networksOf(workload).filter((name) => isInternet(name, release))) {
      report(
        `it is attached to the network ${network}, but only ${[...ON_INTERNET].join(", ")} may be; ` +
          "attach it to the site's own network.",
      );
    }
    // No networks and no mode at all means the project's default network, which reaches everything.
    if (networksOf(workload).length === 0 && mode === "") {
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

/** Whether a workload is on the network towards the world, or shares the network of one that is. */
function reachesInternet(name: string, release: Release, seen: readonly string[] = []): boolean {
  const workload = release.workloads.find((one) => one.name === name);
  if (workload === undefined || seen.includes(name)) return false;
  const [, host] = /^service:(.+)$/.exec(word(workload.service["network_mode"])) ?? [];
  return host === undefined
    ? networksOf(workload).some((network) => isInternet(network, release))
    : reachesInternet(host, release, [...seen, name]);
}

const MASQUERADE = "com.docker.network.bridge.enable_ip_masquerade";

/** By its name, or by what it does: Docker leads out of a network unless it is told not to, and one of others leads anywhere. */
function isInternet(name: string, { networks }: Release): boolean {
  const network = networks.get(name) ?? {};
  const named = [name, word(network["name"])].some((one) => /(^|-)internet(-|$)/.test(one));
  const leadsOut = word(fields(network["driver_opts"])[MASQUERADE]) !== "false" && network["internal"] !== true;
  return named || leadsOut;
}
