/** Records of the sites' own names: addresses, HELO policies, keys, permitted authorities, reverse names. */
import { sitePorts } from "../plan/ports.ts";
import type { KeyName } from "../plan/text.ts";
import type { RecordSet, SitePlan } from "../plan/types.ts";
import { caaProperties, type Issuer } from "./caa.ts";
import { reverseName } from "./names.ts";
import { formatSpf } from "./spf.ts";
import { keyAssociation, tlsaName } from "./tlsa.ts";
import { POLICY_TTL_SECONDS, SERVICE_TTL_SECONDS } from "./ttl.ts";

export type DnsSite = Pick<SitePlan, "hostname" | "roles" | "ingress" | "egress"> & {
  /** Keys of its certificate: the one in use first, then those that were or will be. */
  readonly tlsKeys: readonly KeyName[];
};

export interface SiteRecordsArgs {
  readonly sites: readonly DnsSite[];
  /** The name that mail programs use at any site. */
  readonly clientHostname: string;
  readonly imap143: boolean;
  /** Who issues the sites' certificates; undefined: no CAA records. */
  readonly issuer: Issuer | undefined;
}

/** Addresses, HELO policies, TLSA and CAA of the sites, and of the name that mail programs use at any site. */
export function siteRecords(args: SiteRecordsArgs): RecordSet[] {
  const { sites, clientHostname } = args;
  const clientSites = sites.filter((site) => site.roles.includes("submission") || site.roles.includes("maildrop"));
  return [
    ...sites.flatMap((site) => addressRecords(site.hostname, [site])),
    // A HELO name with a policy of its own, RFC 7208 section 2.3: bounces are judged by it.
    ...sites.map((site): RecordSet => ({
      name: site.hostname,
      ttlSeconds: POLICY_TTL_SECONDS,
      type: "TXT",
      texts: [formatSpf({ senders: egressAddresses([site]), includes: [], rest: "-all" })],
    })),
    ...addressRecords(clientHostname, clientSites),
    ...sites.flatMap((site) => tlsaRecords(site.hostname, [site], args.imap143)),
    ...tlsaRecords(clientHostname, clientSites, args.imap143, CLIENT_ROLES),
    ...caaRecords([...sites.map(({ hostname }) => hostname), clientHostname], args.issuer),
  ];
}

/** What mail programs come for; other servers use a site's own name. */
const CLIENT_ROLES: readonly DnsSite["roles"][number][] = ["submission", "maildrop"];

/**
 * The keys that may answer at each port of a name. All of them are there at once, so that a site can change to its next
 * key, and a name can lead to several sites.
 */
export function tlsaRecords(
  host: string,
  sites: readonly Pick<DnsSite, "roles" | "tlsKeys">[],
  imap143: boolean,
  roles: DnsSite["roles"] = [...CLIENT_ROLES, "mx"],
): RecordSet[] {
  const served = sites.map((site) => ({
    keys: site.tlsKeys,
    ports: Object.values(
      sitePorts(
        site.roles.filter((role) => roles.includes(role)),
        imap143,
      ),
    ),
  }));
  const ports = [...new Set(served.flatMap((one) => one.ports))];
  return ports.map((port) => ({
    name: tlsaName(port, host),
    ttlSeconds: POLICY_TTL_SECONDS,
    type: "TLSA",
    associations: served.flatMap((one) => (one.ports.includes(port) ? one.keys.map(keyAssociation) : [])),
  }));
}

/**
 * Permissions lie at the names that are certified, not at the domain above: that one may have a web site with
 * certificates from elsewhere. The closest record counts, RFC 8659 section 3.
 */
function caaRecords(names: readonly string[], issuer: Issuer | undefined): RecordSet[] {
  if (issuer === undefined) return [];
  return names.map((name) => ({
    name,
    ttlSeconds: POLICY_TTL_SECONDS,
    type: "CAA",
    properties: caaProperties(issuer),
  }));
}

/** The PTR record of each address, so that the name behind it is the HELO name. */
export function reverseRecords(sites: readonly Pick<DnsSite, "hostname" | "ingress" | "egress">[]): RecordSet[] {
  return sites.flatMap((site) =>
    addressesOf(site).map((address): RecordSet => ({
      name: reverseName(address),
      ttlSeconds: POLICY_TTL_SECONDS,
      type: "PTR",
      targets: [site.hostname],
    })),
  );
}

/** A and, where there are any, AAAA records of one name for the ingress of some sites. */
export function addressRecords(name: string, sites: readonly Pick<DnsSite, "ingress">[]): RecordSet[] {
  const v6 = sites.flatMap((site) => (site.ingress.v6 === undefined ? [] : [site.ingress.v6]));
  const v4: RecordSet = { name, ttlSeconds: SERVICE_TTL_SECONDS, type: "A", addresses: sites.map((s) => s.ingress.v4) };
  return v6.length === 0 ? [v4] : [v4, { name, ttlSeconds: SERVICE_TTL_SECONDS, type: "AAAA", addresses: v6 }];
}

/** Where mail comes from. */
export function egressAddresses(sites: readonly Pick<DnsSite, "egress">[]): string[] {
  return sites.flatMap(({ egress }) => (egress.v6 === undefined ? [egress.v4] : [egress.v4, egress.v6]));
}

function addressesOf({ ingress, egress }: Pick<DnsSite, "ingress" | "egress">): string[] {
  const all = [ingress.v4, egress.v4, ingress.v6, egress.v6];
  return [...new Set(all.filter((address) => address !== undefined))];
}
