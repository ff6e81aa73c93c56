/** Without SPF, or with two of it, a receiver cannot tell our mail from forged mail. */
import type { StackValidationPolicy } from "@pulumi/policy";
import { spfTexts } from "./spf.ts";
import { forSystem } from "./system.ts";

export const requireSpfRecord: StackValidationPolicy = {
  name: "require-spf-record",
  description: "Each hosted domain and each HELO name has exactly one SPF record (RFC 7208 sections 2.3 and 3.2).",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps: "Publish one TXT record `v=spf1 … -all` at the name, with the addresses that mail leaves from.",
  validateStack: forSystem(({ domains, hosts, records }, report) => {
    for (const name of new Set([...domains, ...hosts.map(({ hostname }) => hostname)])) {
      const texts = spfTexts(records, name);
      if (texts.length === 0)
        report(`${name} has no SPF record; publish one with the addresses that mail leaves from.`);
      if (texts.length > 1) report(`${name} has ${texts.length} SPF records (${texts.join(" | ")}); keep one of them.`);
    }
  }),
};
