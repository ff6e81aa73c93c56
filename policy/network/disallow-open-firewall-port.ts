/** A provider's firewall lets the world in for mail and certificates, and nobody else in for anything. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { areWorld, isSingle, isWorld } from "../read/address.ts";
import { type Opening, openingsOf } from "../read/firewall.ts";
import { FURTHER_PORTS, type FurtherPorts, LINK_PORT, whyNot, WORLD_PORTS } from "./allowed.ts";

export const disallowOpenFirewallPort: ResourceValidationPolicy = {
  name: "disallow-open-firewall-port",
  description:
    "A firewall opens to the world only SMTP, submission, IMAP, the web and the ports listed, by IPv4 and IPv6 alike, and the link " +
    "between sites only to single addresses.",
  enforcementLevel: "mandatory",
  severity: "critical",
  configSchema: FURTHER_PORTS,
  remediationSteps: "Name the networks that need the port instead of 0.0.0.0/0 and ::/0, or take the rule out.",
  validateResource: (args, report) => {
    const openings = openingsOf(args);
    if (openings === undefined) return args.notApplicable("It is no firewall.");
    const { ports } = args.getConfig<FurtherPorts>();
    for (const opening of openings.filter(({ sources }) => areWorld(sources))) {
      const port = firstUnlisted(opening, (one) => WORLD_PORTS.has(one) || ports.includes(one));
      if (port !== undefined)
        report(`the firewall ${args.name} opens ${opening.text}: ${whyNot(port)}; name who needs it.`);
    }
    for (const { text, protocol, ports: opened, sources, groups } of openings) {
      const wide = [...sources.filter((source) => !isWorld(source) && !isSingle(source)), ...groups];
      if (
        (protocol === "tcp" || protocol === "all") &&
        opened[0] <= LINK_PORT &&
        LINK_PORT <= opened[1] &&
        wide.length > 0
      )
        report(
          `the firewall ${args.name} opens ${text}: port ${LINK_PORT} is the link between sites; name their addresses, not ${wide.join(", ")}.`,
        );
    }
  },
};

function firstUnlisted(
  { protocol, ports: [first, last] }: Opening,
  listed: (port: number) => boolean,
): number | undefined {
  // Pings may come: path MTU discovery needs ICMP (RFC 4890 section 4.3).
  if (protocol === "icmp") return undefined;
  if (protocol !== "tcp") return first;
  if (!(first <= last)) return Number.NaN;
  for (let port = first; port <= last; port++) if (!listed(port)) return port;
  return undefined;
}
