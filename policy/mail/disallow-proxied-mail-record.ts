/** A proxy for the web passes no SMTP or IMAP on, and hides the address that SPF and reverse DNS are about. */
import type { StackValidationPolicy } from "@pulumi/policy";
import { forSystem } from "./system.ts";

export const disallowProxiedMailRecord: StackValidationPolicy = {
  name: "disallow-proxied-mail-record",
  description: "Names that mail is sent to or from are answered with their own addresses, not with a proxy's.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps: "Set `proxied` to false for the record.",
  validateStack: forSystem(({ domains, hosts, records }, report) => {
    const names = new Set([
      ...hosts.map(({ hostname }) => hostname),
      ...domains.flatMap((domain) => records.at(domain, "MX")),
    ]);
    for (const { owner, type, value } of records.all.filter(({ proxied, owner }) => proxied && names.has(owner))) {
      report(`the ${type} record ${owner} (${value}) is proxied, so no mail reaches it; set proxied to false.`);
    }
  }),
};
