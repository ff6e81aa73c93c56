/** Mail in the name of a domain that has none is forged, and mail to it should come back at once. */
import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { word } from "../read/values.ts";
import { dmarcTexts } from "./dmarc.ts";
import { NO_EXCHANGE, parkedDomains } from "./parked.ts";
import { meaningOf, spfTexts } from "./spf.ts";
import { forSystem, type Records } from "./system.ts";

export const requireNullMx: StackValidationPolicy = {
  name: "require-null-mx",
  description:
    "A domain without mail has the null MX alone (RFC 7505), an SPF record by which nobody sends, and a DMARC record.",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps:
    "Name the domain in `parkedDomains`, or publish `MX 0 .`, `v=spf1 -all` and `v=DMARC1; p=reject` for it.",
  validateStack: forSystem(({ domains, records, resources }, report) => {
    for (const domain of parkedDomains(records, domains)) {
      const exchanges = records.at(domain, "MX");
      if (exchanges.length === 0 && !liesAtDigitalOcean(domain, resources))
        report(`${domain} has no mail and no null MX, so others try its own address for days; publish MX 0 . there.`);
      if (exchanges.length > 1)
        report(
          `${domain} has a null MX beside ${exchanges.filter((one) => one !== NO_EXCHANGE).join(", ")}; keep one.`,
        );
      if (exchanges.length < 2 && !isSentByNobody(domain, records))
        report(`${domain} has no mail, and its SPF record does not say that nobody sends from it; use v=spf1 -all.`);
      if (dmarcTexts(records, domain).length === 0)
        report(`${domain} has no mail and no DMARC record; publish v=DMARC1; p=reject at _dmarc.${domain}.`);
    }
  }),
};

/** Its name servers know no root as a target. */
function liesAtDigitalOcean(domain: string, resources: readonly PolicyResource[]): boolean {
  return resources.some(
    ({ type, props }) =>
      type === "digitalocean:index/dnsRecord:DnsRecord" &&
      `.${domain}`.endsWith(`.${word(props["domain"]).toLowerCase()}`),
  );
}

function isSentByNobody(domain: string, records: Records): boolean {
  const { senders, elsewhere, rest } = meaningOf(records, domain);
  return spfTexts(records, domain).length === 1 && rest === "-" && senders.length + elsewhere.length === 0;
}
