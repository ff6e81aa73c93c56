/** Which records a system needs, zone by zone. Pure: settings and sites in, record sets out. */
import { servesClients } from "../plan/ports.ts";
import type { KeyName } from "../plan/text.ts";
import type { RecordSet, SitePlan } from "../plan/types.ts";
import { dkimRecord } from "./dkim.ts";
import { formatDmarc, type Dmarc } from "./dmarc.ts";
import { reverseName } from "./names.ts";
import { formatSpf } from "./spf.ts";

/** Service addresses change when a site is added or leaves, and must be forgotten soon. */
export const SERVICE_TTL_SECONDS = 60;
/** Policy records change rarely and only in ordered steps. */
export const POLICY_TTL_SECONDS = 3600;

export type DnsSite = Pick<SitePlan, "hostname" | "roles" | "ingress" | "egress" | "named">;

export interface MailDomainArgs {
  readonly domain: string;
  readonly selector: string;
  readonly key: KeyName;
  readonly dmarcPolicy: Dmarc["policy"];
  readonly sites: readonly DnsSite[];
}

/** Records of a hosted mail domain: MX, SPF, DKIM, DMARC. */
export function mailDomainRecords(args: MailDomainArgs): RecordSet[] {
  const { domain, sites } = args;
  const policy = { ttlSeconds: POLICY_TTL_SECONDS, type: "TXT" } as const;
  return [
    { name: domain, ttlSeconds: POLICY_TTL_SECONDS, type: "MX", exchanges: exchangesOf(sites) },
    { ...policy, name: domain, texts: [formatSpf({ senders: egressAddresses(sites), rest: "-all" })] },
    { ...policy, name: `${args.selector}._domainkey.${domain}`, texts: [dkimRecord(args.key)] },
    {
      ...policy,
      name: `_dmarc.${domain}`,
      texts: [formatDmarc({ policy: args.dmarcPolicy, reportsTo: `postmaster@${domain}` })],
    },
  ];
}

/** The domain of rewritten senders: bounces come in at any MX, and any site may send. Nobody writes from it. */
export function srsRecords(domain: string, sites: readonly DnsSite[]): RecordSet[] {
  const policy = { ttlSeconds: POLICY_TTL_SECONDS, type: "TXT" } as const;
  return [
    { name: domain, ttlSeconds: POLICY_TTL_SECONDS, type: "MX", exchanges: exchangesOf(sites) },
    { ...policy, name: domain, texts: [formatSpf({ senders: egressAddresses(sites), rest: "-all" })] },
    { ...policy, name: `_dmarc.${domain}`, texts: [formatDmarc({ policy: "reject" })] },
  ];
}

/** Addresses and HELO policies of the sites, and of the name that mail programs use at any site. */
export function siteRecords(sites: readonly DnsSite[], clientHostname: string): RecordSet[] {
  const clientSites = sites.filter((site) => site.named && servesClients(site.roles));
  return [
    ...sites.flatMap((site) => addressRecords(site.hostname, [site])),
    ...sites.map(heloRecord),
    ...addressRecords(clientHostname, clientSites),
  ];
}

/** A HELO name with a policy of its own, RFC 7208 section 2.3: bounces are judged by it. */
export function heloRecord(site: DnsSite): RecordSet {
  return {
    name: site.hostname,
    ttlSeconds: POLICY_TTL_SECONDS,
    type: "TXT",
    texts: [formatSpf({ senders: egressAddresses([site]), rest: "-all" })],
  };
}

/** The PTR record of each address, so that the name behind it is the HELO name. */
export function reverseRecords(sites: readonly DnsSite[]): RecordSet[] {
  return sites.flatMap((site) =>
    addressesOf([site]).map((address): RecordSet => ({
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

function exchangesOf(sites: readonly DnsSite[]): { readonly preference: number; readonly host: string }[] {
  return sites
    .filter((site) => site.named && site.roles.includes("mx"))
    .map((site) => ({ preference: 10, host: site.hostname }));
}

function egressAddresses(sites: readonly DnsSite[]): string[] {
  return sites.flatMap(({ egress }) => (egress.v6 === undefined ? [egress.v4] : [egress.v4, egress.v6]));
}

function addressesOf(sites: readonly DnsSite[]): string[] {
  const all = sites.flatMap(({ ingress, egress }) => [ingress.v4, egress.v4, ingress.v6, egress.v6]);
  return [...new Set(all.filter((address) => address !== undefined))];
}
