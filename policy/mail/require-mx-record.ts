/** A domain that is hosted here must say where its mail goes. */
import type { StackValidationPolicy } from "@pulumi/policy";
import { forSystem } from "./system.ts";

export const requireMxRecord: StackValidationPolicy = {
  name: "require-mx-record",
  description: "Each hosted domain has MX records (RFC 5321 section 5.1).",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps: "Add an MX record for the domain that names a host of a site with the role mx.",
  validateStack: forSystem(({ domains, records, hosts }, report) => {
    const names = hosts.map(({ hostname }) => hostname);
    for (const domain of domains) {
      const targets = records.at(domain, "MX");
      if (targets.length === 0) report(`${domain} has no MX record; add one that names ${names.join(" or ")}.`);
      else if (!targets.some((target) => names.includes(target))) {
        report(
          `the MX records of ${domain} name ${targets.join(", ")}, none of this stack; name ${names.join(" or ")}.`,
        );
      }
    }
  }),
};
