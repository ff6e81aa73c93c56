/** `p=none` is for watching; in production forged mail must not be delivered. */
import type { StackValidationPolicy } from "@pulumi/policy";
import { PRODUCTION, type Production } from "../read/stack.ts";
import { dmarcOf } from "./dmarc.ts";
import { forSystem } from "./system.ts";

export const disallowDmarcNone: StackValidationPolicy = {
  name: "disallow-dmarc-none",
  description: "In production no hosted domain has the DMARC policy `none`.",
  enforcementLevel: "mandatory",
  severity: "high",
  configSchema: { properties: PRODUCTION },
  remediationSteps: "Set the domain's `dmarcPolicy` to quarantine or reject.",
  validateStack: forSystem((system, report, args) => {
    if (!args.getConfig<Production>().production.includes(system.stack)) return;
    const { domains, records } = system;
    for (const domain of domains) {
      const found = dmarcOf(records, domain);
      if (found?.policy === "none") report(`${found.name} says none for ${domain}; use quarantine or reject.`);
    }
  }),
};
