/** Names of hosted domains that are served over HTTPS, MTA-STS among them. */
import { PROOFS_LABEL, WEB_LABEL, webNames, type WebDomain } from "../plan/web.ts";
import type { Proof } from "../plan/context.ts";
import type { RecordSet } from "../plan/types.ts";
import type { Issuer } from "./caa.ts";
import { formatMtaSts, formatMtaStsPolicy, mtaStsId, mtaStsName, mtaStsPolicy } from "./mta-sts.ts";
import { addressRecords, caaRecords, type DnsSite } from "./site-records.ts";
import { POLICY_TTL_SECONDS } from "./ttl.ts";

export interface WebRecordsArgs {
  readonly infrastructureDomain: string;
  readonly web: readonly WebDomain[];
  /** How sites prove that these names are ours. */
  readonly proof: Proof["by"];
  readonly sites: readonly DnsSite[];
  readonly issuer: Issuer | undefined;
}

/** Where a site lays its proof for one of these names, in the zone that it may write to. */
export function proofName(name: string, infrastructureDomain: string): string {
  return `${name}.${PROOFS_LABEL}.${infrastructureDomain}`;
}

/**
 * Each name is an alias of one host, whose addresses alone change when a site comes or goes, and whose CAA record counts for
 * all of them (RFC 8659 section 3). Proofs of control by records are aliases too, so that sites need no access to the domains'
 * zones.
 */
export function webRecords({ infrastructureDomain, web, proof, sites, issuer }: WebRecordsArgs): RecordSet[] {
  const host = `${WEB_LABEL}.${infrastructureDomain}`;
  const named = sites.filter((site) => site.named);
  const exchanges = policyHosts(sites);
  return [
    ...addressRecords(host, named),
    ...caaRecords([host], issuer),
    ...web.flatMap((domain) => [
      ...webNames(domain).flatMap((name) => [
        alias(name, host),
        ...(proof === "http" ? [] : [alias(`_acme-challenge.${name}`, proofName(name, infrastructureDomain))]),
      ]),
      ...mtaStsRecords(domain, exchanges),
    ]),
  ];
}

/**
 * Hosts in the domains' MTA-STS policies: all that take mail in, whether records name them now or not. So a site is in the
 * policies that others remember before an MX record leads to it, and draining one changes none of them.
 */
export function policyHosts(sites: readonly Pick<DnsSite, "roles" | "hostname">[]): string[] {
  return sites.filter(({ roles }) => roles.includes("mx")).map(({ hostname }) => hostname);
}

function alias(name: string, target: string): RecordSet {
  return { name, ttlSeconds: POLICY_TTL_SECONDS, type: "CNAME", targets: [target] };
}

function mtaStsRecords({ name, mtaSts }: WebDomain, exchanges: readonly string[]): RecordSet[] {
  if (mtaSts === undefined) return [];
  const id = mtaStsId(formatMtaStsPolicy(mtaStsPolicy(mtaSts, exchanges)));
  return [{ name: mtaStsName(name), ttlSeconds: POLICY_TTL_SECONDS, type: "TXT", texts: [formatMtaSts(id)] }];
}
