/** Who cannot reach a domain securely tells nobody unless the domain says whom. */
import type { StackValidationPolicy } from "@pulumi/policy";
import { forSystem } from "./system.ts";

export const requireTlsRptRecord: StackValidationPolicy = {
  name: "require-tls-rpt-record",
  description: "Each hosted domain says where reports about TLS go, in one record (RFC 8460 section 3).",
  enforcementLevel: "mandatory",
  severity: "medium",
  remediationSteps: "Publish the TXT record `v=TLSRPTv1; rua=mailto:postmaster@<domain>` at `_smtp._tls.<domain>`.",
  validateStack: forSystem(({ domains, records }, report) => {
    for (const domain of domains) {
      const name = `_smtp._tls.${domain}`;
      const texts = records.at(name, "TXT").filter((text) => /^v=TLSRPTv1\s*;/.test(text));
      const [text = ""] = texts;
      if (texts.length !== 1) report(`${name} has ${texts.length} records of TLS reporting; publish one.`);
      else if (!/;\s*rua=(mailto|https):[^\s;]/.test(text))
        report(`${name} says "${text}", and not where reports go; add rua=mailto: and an address.`);
    }
  }),
};
