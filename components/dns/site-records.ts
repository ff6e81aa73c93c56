/** Records of the sites' own names: addresses, HELO policies, keys, permitted authorities, reverse names. */
import { directSenders } from "../plan/egress.ts";
import { servesClients, sitePorts } from "../plan/ports.ts";
import type { KeyName } from "../plan/text.ts";
import type { RecordSet, SitePlan } from "../plan/types.ts";
import { caaProperties, type Issuer } from "./caa.ts";
import { reverseName } from "./names.ts";
import { formatSpf } from "./spf.ts";
import { keyAssociation, tlsaName } from "./tlsa.ts";
import { POLICY_TTL_SECONDS, SERVICE_TTL_SECONDS } from "./ttl.ts";

/** A site, in the records of its names. */
export type DnsSite = Pick<SitePlan, "hostname" | "roles" | "ingress" | "egress" | "named" | "waysOut"> & {
  /** Keys of its certificate: the one in use first, then those that were or will be. */
  readonly tlsKeys: readonly KeyName[];
};

/** What the records of the sites' names follow from. */
export interface SiteRecordsArgs {
  /** All sites; the name for mail programs leads to those alone that are `named`. */
  readonly sites: readonly DnsSite[];
  /** The name that mail programs use at any site. */
  readonly clientHostname: string;
  /** Whether IMAP with STARTTLS is offered on port 143 too, which then has TLSA records. */
  readonly imap143: boolean;
  /** Who issues the sites' certificates; undefined: no CAA records. */
  readonly issuer: Issuer | "nobody" | undefined;
}

/** Addresses, HELO policies, TLSA and CAA of the sites, and of the name that mail programs use at any site. */
export function siteRecords(args: SiteRecordsArgs): RecordSet[] {
  const { sites, clientHostname } = args;
  const clients = sites.filter((site) => servesClients(site.roles));
  return [
    ...sites.flatMap((site) => addressRecords(site.hostname, [site])),
    ...sites.map(heloRecord),
    ...addressRecords(
      clientHostname,
      clients.filter(({ named }) => named),
    ),
    // Another site may answer a mail program over the link, with its own key; port 25 is answered by the site itself.
    ...sites.flatMap((site) => [
      ...tlsaRecords(
        site.hostname,
        site.roles.filter((role) => role === "mx"),
        args.imap143,
        [site],
      ),
      ...tlsaRecords(
        site.hostname,
        site.roles.filter((role) => role !== "mx"),
        args.imap143,
        clients,
      ),
    ]),
    ...tlsaRecords(clientHostname, ["submission", "maildrop"], args.imap143, clients),
    ...caaRecords([...sites.map(({ hostname }) => hostname), clientHostname], args.issuer),
  ];
}

/**
 * A HELO name with a policy of its own, RFC 7208 section 2.3: bounces are judged by it. A site that sends by way of others
 * alone says HELO to nobody, and a relay says its own name.
 */
export function heloRecord(site: Pick<DnsSite, "hostname" | "egress" | "waysOut">): RecordSet {
  return {
    name: site.hostname,
    ttlSeconds: POLICY_TTL_SECONDS,
    type: "TXT",
    texts: [formatSpf({ senders: directSenders(site), includes: [], rest: "-all" })],
  };
}

/**
 * The keys that may answer at each port of a name. All of them are there at once, so that a site can change to its next
 * key, and several sites can answer.
 */
export function tlsaRecords(
  host: string,
  roles: DnsSite["roles"],
  imap143: boolean,
  answering: readonly Pick<DnsSite, "tlsKeys">[],
): RecordSet[] {
  return Object.values(sitePorts(roles, imap143)).map((port) => ({
    name: tlsaName(port, host),
    ttlSeconds: POLICY_TTL_SECONDS,
    type: "TLSA",
    associations: answering.flatMap(({ tlsKeys }) => tlsKeys.map(keyAssociation)),
  }));
}

/**
 * Permissions lie at the names that are certified, not at the domain above: that one may have a web site with
 * certificates from elsewhere. The closest record counts, RFC 8659 section 3.
 */
export function caaRecords(names: readonly string[], issuer: Issuer | "nobody" | undefined): RecordSet[] {
  if (issuer === undefined) return [];
  return names.map((name) => ({
    name,
    ttlSeconds: POLICY_TTL_SECONDS,
    type: "CAA",
    properties: caaProperties(issuer),
  }));
}

/**
 * The PTR record of each address, so that the name behind it is the HELO name. Addresses that a cloud gives lie in its own
 * reverse zones, and it is told the name with the machine.
 */
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

function addressesOf({ ingress, egress }: Pick<DnsSite, "ingress" | "egress">): string[] {
  const all = [ingress.v4, egress.v4, ingress.v6, egress.v6];
  return [...new Set(all.filter((address) => typeof address === "string"))];
}
