/** With one site that takes mail in, the loss of it is heard by every sender. */
import type { StackValidationPolicy } from "@pulumi/policy";
import { PRODUCTION, type Production } from "../read/stack.ts";
import { forSystem } from "./system.ts";

export const requireRedundantMx: StackValidationPolicy = {
  name: "require-redundant-mx",
  description: "In production the MX records of each domain name hosts of two sites or more.",
  enforcementLevel: "mandatory",
  severity: "high",
  configSchema: { properties: PRODUCTION },
  remediationSteps: "Give a second site the role mx.",
  validateStack: forSystem((system, report, args) => {
    if (!args.getConfig<Production>().production.includes(system.stack)) return;
    const { domains, hosts, records } = system;
    const siteOf = new Map(hosts.map(({ hostname, release }) => [hostname, release.project]));
    for (const domain of domains) {
      const targets = records.at(domain, "MX");
      const sites = new Set(targets.map((target) => siteOf.get(target)).filter((site) => site !== undefined));
      if (sites.size < 2) {
        const named = targets.length === 0 ? "nothing" : targets.join(", ");
        report(`${domain} has mail taken in at ${sites.size} site (MX: ${named}); name hosts of two sites.`);
      }
    }
  }),
};
