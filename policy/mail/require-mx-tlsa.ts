/** A sender that looks for DANE and finds records for every server but one has only that one to attack. */
import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { fields, word } from "../read/values.ts";
import { forSystem, type Records } from "./system.ts";

const ZONE = "gcp:dns/managedZone:ManagedZone";

export const requireMxTlsa: StackValidationPolicy = {
  name: "require-mx-tlsa",
  description:
    "Each MX target of this stack has a TLSA record for port 25 where other names beside it have one, or its zone is known to be " +
    "signed (RFC 7672).",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps:
    "Publish `_25._tcp.<host> TLSA 3 1 1 <SHA-256 of the key>`, as mailkeep does for each site with the role mx.",
  validateStack: forSystem(({ domains, hosts, records, resources }, report) => {
    const own = new Set(hosts.map(({ hostname }) => hostname));
    const targets = new Set(domains.flatMap((domain) => records.at(domain, "MX")));
    for (const target of [...targets].filter((one) => own.has(one))) {
      const why = whyWanted(target, records, resources);
      if (why !== undefined && records.at(`_25._tcp.${target}`, "TLSA").length === 0)
        report(`the MX target ${target} has no TLSA record for port 25, though ${why}; publish one.`);
    }
  }),
};

function whyWanted(target: string, records: Records, resources: readonly PolicyResource[]): string | undefined {
  const parent = target.slice(target.indexOf("."));
  const beside = records.all.find(({ owner, type }) => type === "TLSA" && owner.endsWith(parent));
  if (beside !== undefined) return `${beside.owner} has one`;
  const zone = resources.find(({ type, props }) => type === ZONE && isSignedAbove(props, target));
  return zone && `the zone ${zone.name} is signed`;
}

function isSignedAbove({ dnsName, dnssecConfig }: PolicyResource["props"], target: string): boolean {
  return word(fields(dnssecConfig)["state"]) === "on" && `.${target}.`.endsWith(`.${word(dnsName).toLowerCase()}`);
}
