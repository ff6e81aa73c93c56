/** Names of hosted domains that are served over HTTPS, MTA-STS among them. */
import { PROOFS_LABEL, WEB_LABEL, webNames, type WebDomain } from "../plan/web.ts";
import type { Proof } from "../plan/context.ts";
import type { RecordSet } from "../plan/types.ts";
import type { Issuer } from "./caa.ts";
import { formatMtaSts, formatMtaStsPolicy, mtaStsId, mtaStsName, mtaStsPolicy } from "./mta-sts.ts";
import { addressRecords, caaRecords, type DnsSite } from "./site-records.ts";
import { POLICY_TTL_SECONDS } from "./ttl.ts";

/** What the records of names that are served over HTTPS follow from. */
export interface WebRecordsArgs {
  /** Domain of the sites' own names, where the host of all these names is. */
  readonly infrastructureDomain: string;
  /** How sites prove that these names are ours. */
  readonly proof: Proof["by"] | undefined;
  /** All sites: those that are named answer. */
  readonly sites: readonly DnsSite[];
  /** Who may issue certificates; undefined: no CAA records. */
  readonly issuer: Issuer | "nobody" | undefined;
}

/** Where a site lays its proof for one of these names, in the zone that it may write to. */
export function proofName(name: string, infrastructureDomain: string): string {
  return `${name}.${PROOFS_LABEL}.${infrastructureDomain}`;
}

/** The one host that all these names are aliases of: its addresses alone change when a site comes or goes. */
export function webHostRecords({ infrastructureDomain, sites, issuer }: WebRecordsArgs): RecordSet[] {
  const host = webHost(infrastructureDomain);
  const named = sites.filter((site) => site.named);
  return [...addressRecords(host, named), ...caaRecords([host], issuer)];
}

/**
 * Each name of a domain is an alias, whose host's CAA record counts for it (RFC 8659 section 3). Proofs of control by records are
 * aliases too, so that sites need no access to the domains' zones.
 */
export function webDomainRecords(
  { infrastructureDomain, proof, sites }: WebRecordsArgs,
  domain: WebDomain,
): RecordSet[] {
  return [
    ...webNames(domain).flatMap((name) => [
      alias(name, webHost(infrastructureDomain)),
      ...(proof === undefined || proof === "http"
        ? []
        : [alias(`_acme-challenge.${name}`, proofName(name, infrastructureDomain))]),
    ]),
    ...mtaStsRecords(domain, policyHosts(sites)),
  ];
}

function webHost(infrastructureDomain: string): string {
  return `${WEB_LABEL}.${infrastructureDomain}`;
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
