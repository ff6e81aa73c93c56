/** Senders are not obliged to follow an alias from an MX record, and some do not. */
import type { StackValidationPolicy } from "@pulumi/policy";
import { forSystem } from "./system.ts";

export const disallowAliasMxTarget: StackValidationPolicy = {
  name: "disallow-alias-mx-target",
  description: "No MX record names an alias (RFC 2181 section 10.3).",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps: "Give the MX target A and AAAA records of its own instead of a CNAME record.",
  validateStack: forSystem(({ domains, records }, report) => {
    for (const domain of domains) {
      for (const target of records.at(domain, "MX")) {
        const [alias] = records.at(target, "CNAME");
        if (alias !== undefined) {
          report(`the MX target ${target} of ${domain} is an alias of ${alias}; give it A and AAAA records instead.`);
        }
      }
    }
  }),
};
