/** A record that costs more than ten lookups is an error to receivers, as if it were not there. */
import type { StackValidationPolicy } from "@pulumi/policy";
import { meaningOf, spfTexts } from "./spf.ts";
import { forSystem } from "./system.ts";

/** RFC 7208 section 4.6.4. */
const MAX_LOOKUPS = 10;

export const requireSpfWithinLookups: StackValidationPolicy = {
  name: "require-spf-within-lookups",
  description: "The SPF record of each domain and HELO name needs ten lookups at most (RFC 7208 section 4.6.4).",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps: "Name addresses (`ip4:`, `ip6:`) instead of names that have to be looked up.",
  validateStack: forSystem(({ domains, hosts, records }, report) => {
    for (const name of new Set([...domains, ...hosts.map(({ hostname }) => hostname)])) {
      if (spfTexts(records, name).length === 0) continue;
      const { lookups } = meaningOf(records, name);
      if (lookups > MAX_LOOKUPS) {
        report(`the SPF record of ${name} needs ${lookups} lookups, more than ${MAX_LOOKUPS}; name addresses instead.`);
      }
    }
  }),
};
