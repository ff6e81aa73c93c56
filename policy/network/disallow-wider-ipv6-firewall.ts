/** What is closed by IPv4 must not be open by IPv6: that is where it is forgotten. */
import type { StackValidationPolicy } from "@pulumi/policy";
import { isIpv6, isWorld } from "../read/address.ts";
import { type Guarded, guardedOpenings } from "../read/guarded.ts";

export const disallowWiderIpv6Firewall: StackValidationPolicy = {
  name: "disallow-wider-ipv6-firewall",
  description:
    "A port that is open to the world by IPv6 is so by IPv4 too, and where networks are named in both families, the world is in " +
    "neither. All firewalls of a machine count together, for some clouds want one for each family.",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps: "Name networks in both families, or open both.",
  validateStack: ({ resources }, report) => {
    const found = [...guardedOpenings(resources).values()].flatMap(unevenOf);
    for (const problem of new Set(found)) report(problem);
  },
};

/** Each port is judged by all that open it; pings may come by either family. */
function unevenOf(guarded: readonly Guarded[]): string[] {
  const protocols = new Set(guarded.map(({ opening }) => opening.protocol).filter((name) => name !== "icmp"));
  return [...protocols].flatMap((protocol) => {
    const open = guarded.filter(({ opening }) => opening.protocol === protocol || opening.protocol === "all");
    // Between these nothing begins and nothing ends.
    const steps = new Set(open.flatMap(({ opening: { ports } }) => [ports[0], ports[1] + 1]));
    return [...steps].flatMap((port) =>
      problemsOf(open.filter(({ opening: { ports } }) => ports[0] <= port && port <= ports[1])),
    );
  });
}

function problemsOf(open: readonly Guarded[]): string[] {
  const sources = open.flatMap(({ opening }) => opening.sources);
  const [v6, v4] = [sources.filter(isIpv6), sources.filter((one) => !isIpv6(one))];
  const wide = v6.some(isWorld) ? "IPv6" : "IPv4";
  // To be closed by IPv6 altogether is strict enough.
  if (v4.some(isWorld) === v6.some(isWorld) || v6.length === 0) return [];
  return open
    .filter(({ opening }) => opening.sources.some((one) => isWorld(one) && isIpv6(one) === (wide === "IPv6")))
    .map(
      ({ firewall, opening }) =>
        `the firewall ${firewall} opens ${opening.text}: ${wide} is open to the world and the other is not; make them alike.`,
    );
}
