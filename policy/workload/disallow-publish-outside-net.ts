/** Only the workload that holds the site's addresses publishes ports, so that nothing comes in past the edge. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { listOption } from "../options.ts";
import { canonicalAddress, isLoopbackNetwork } from "../read/address.ts";
import { isEveryAddress, publications } from "../read/publication.ts";
import { forRelease, reportOf } from "../read/release.ts";

interface Config {
  readonly workloads: readonly string[];
  readonly addresses: readonly string[];
}

export const disallowPublishOutsideNet: ResourceValidationPolicy = {
  name: "disallow-publish-outside-net",
  description:
    "Ports are published by the workload that holds the site's addresses, each once, on listed addresses or those of a " +
    "machine of its own.",
  enforcementLevel: "mandatory",
  severity: "high",
  configSchema: {
    properties: {
      workloads: listOption("Workloads that may publish ports.", ["net", "knot"]),
      addresses: listOption("Addresses of this machine that ports may be published on, besides loopback."),
    },
  },
  remediationSteps: "Publish the port by `net`, on an address of 127.0.0.0/8 or a listed one.",
  validateResource: forRelease((release, report, args) => {
    const { workloads, addresses } = args.getConfig<Config>();
    const listed = addresses.map(canonicalAddress);
    const taken = new Map<string, string>();
    for (const workload of release.workloads) {
      const tell = reportOf(workload, release, report);
      for (const { address, published, protocol, text } of publications(workload)) {
        if (!workloads.includes(workload.name)) tell(`it publishes ${text}; only ${workloads.join(", ")} may.`);
        // A machine of its own has addresses for that, which a cloud may choose; every address is too many there too.
        const own = release.elsewhere && !isEveryAddress(address);
        if (!own && !isLoopbackNetwork(address) && !listed.includes(canonicalAddress(address))) {
          tell(
            `it publishes ${text} on ${address || "every address"}, which is not listed; list it, or use 127.0.0.0/8.`,
          );
        }
        const place = `${canonicalAddress(address)} ${published.join("-")}/${protocol}`;
        const before = taken.get(place);
        if (before !== undefined) tell(`it publishes ${text}, which ${before} does already; take one of them out.`);
        taken.set(place, workload.name);
      }
    }
  }),
};
