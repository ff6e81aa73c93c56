/** What is closed by IPv4 must not be open by IPv6: that is where it is forgotten. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { isIpv6, isWorld } from "../read/address.ts";
import { openingsOf } from "../read/firewall.ts";

export const disallowWiderIpv6Firewall: ResourceValidationPolicy = {
  name: "disallow-wider-ipv6-firewall",
  description: "A firewall rule that names networks in one family of addresses does not open the other to the world.",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps: "Name networks in both families, or open both.",
  validateResource: (args, report) => {
    const openings = openingsOf(args);
    if (openings === undefined) return args.notApplicable("It is no firewall.");
    for (const { sources, text } of openings) {
      const [v6, v4] = [sources.filter(isIpv6), sources.filter((one) => !isIpv6(one))];
      if (v4.length === 0 || v6.length === 0 || v4.some(isWorld) === v6.some(isWorld)) continue;
      const open = v6.some(isWorld) ? "IPv6" : "IPv4";
      report(
        `the firewall ${args.name} opens ${text}: ${open} is open to the world and the other is not; make them alike.`,
      );
    }
  },
};
