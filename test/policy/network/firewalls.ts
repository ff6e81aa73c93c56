/** Firewalls of the providers, by the property names of their SDKs. */
import type { FakeResource } from "../../support/policy.ts";

export const WORLD = ["0.0.0.0/0", "::/0"];

export function digitalocean(protocol: string, portRange: string, sourceAddresses: readonly string[]): FakeResource {
  const inboundRules = [
    { protocol: "tcp", portRange: "25", sourceAddresses: WORLD },
    { protocol: "icmp", sourceAddresses: WORLD },
    { protocol, portRange, sourceAddresses },
  ];
  const outboundRules = [{ protocol: "tcp", portRange: "all", destinationAddresses: WORLD }];
  return {
    type: "digitalocean:index/firewall:Firewall",
    name: "site",
    props: { name: "site", dropletIds: [101], inboundRules, outboundRules },
  };
}

/** A rule of Google's, which has sources of one family. */
export function gcp(
  protocol: string,
  ports: readonly string[] | undefined,
  sourceRanges: unknown,
  more: FakeResource["props"] = {},
): FakeResource {
  const allows = [{ protocol, ...(ports !== undefined && { ports }) }];
  return {
    type: "gcp:compute/firewall:Firewall",
    name: "site",
    props: { network: "n", direction: "INGRESS", allows, sourceRanges, ...more },
  };
}
