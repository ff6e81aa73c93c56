/** DMARC says what to do with mail that claims to be from the domain and is not. */
import type { StackValidationPolicy } from "@pulumi/policy";
import { dmarcOf, dmarcTexts } from "./dmarc.ts";
import { repeatedTags } from "./tags.ts";
import { forSystem } from "./system.ts";

export const requireDmarcRecord: StackValidationPolicy = {
  name: "require-dmarc-record",
  description: "Each hosted domain, or a domain above it, has one valid DMARC record (RFC 9989).",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps: "Publish a TXT record `v=DMARC1; p=quarantine; …` at `_dmarc.<domain>`.",
  validateStack: forSystem(({ domains, records }, report) => {
    for (const domain of domains) {
      const texts = dmarcTexts(records, domain);
      if (texts.length > 1) report(`_dmarc.${domain} has ${texts.length} DMARC records; keep one of them.`);
      const again = texts.flatMap(repeatedTags);
      if (again.length > 0)
        report(
          `the DMARC record _dmarc.${domain} has ${again.join(", ")} more than once, and receivers differ in which counts; keep one.`,
        );
      const found = dmarcOf(records, domain);
      if (found === undefined) report(`${domain} has no DMARC record; publish one at _dmarc.${domain}.`);
      else if (!["none", "quarantine", "reject"].includes(found.policy)) {
        report(`the DMARC record ${found.name} has p=${found.policy}; use none, quarantine or reject.`);
      }
    }
  }),
};
