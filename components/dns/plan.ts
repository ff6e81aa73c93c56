/** Which records a mail domain needs. Pure: settings and sites in, record sets out. */
import { spfSenders } from "../plan/egress.ts";
import type { KeyName, Text } from "../plan/text.ts";
import type { RecordSet } from "../plan/types.ts";
import { type DkimAlgorithm, dkimName, dkimRecord, revokedRecord } from "./dkim.ts";
import { formatDmarc, reportAuthorisation, type Dmarc } from "./dmarc.ts";
import { serviceRecords, type Services } from "./services.ts";
import type { DnsSite } from "./site-records.ts";
import { formatSpf, spfRecords } from "./spf.ts";
import { formatTlsRpt, tlsRptName } from "./tls-rpt.ts";
import { POLICY_TTL_SECONDS } from "./ttl.ts";

/** The DKIM keys of a domain. */
export interface KeysOfDomain {
  /** Keys whose records are published: those that sign, and those that did or will. */
  readonly keys: readonly PublishedKey[];
  /** Selectors whose keys were revoked. */
  readonly revoked: readonly Omit<PublishedKey, "key">[];
}

/** What the records of a hosted domain follow from. */
export interface MailDomainArgs extends KeysOfDomain {
  /** The domain's name. */
  readonly domain: string;
  /** What receivers are to do with mail that fails DMARC. */
  readonly dmarcPolicy: Dmarc["policy"];
  /** Mailbox for reports about the domain, here or elsewhere. */
  readonly reportsTo: string;
  /** All sites: its MX hosts are among them, and all that sends for it. */
  readonly sites: readonly DnsSite[];
  /** What mail programs find; undefined: nothing is said. */
  readonly services: Services | undefined;
}

/** A DKIM key with the selector that it is published under. */
export interface PublishedKey {
  readonly selector: string;
  readonly algorithm: DkimAlgorithm;
  readonly key: KeyName;
}

const POLICY = { ttlSeconds: POLICY_TTL_SECONDS, type: "TXT" } as const;

/** Records of a hosted mail domain: MX, SPF, DKIM, DMARC, TLS reports, and SRV for mail programs. */
export function mailDomainRecords(args: MailDomainArgs): RecordSet[] {
  const { domain, sites, reportsTo, services } = args;
  const authorisation = reportAuthorisation(domain, reportsTo);
  return [
    { name: domain, ttlSeconds: POLICY_TTL_SECONDS, type: "MX", exchanges: exchangesOf(sites) },
    ...senderRecords(domain, sites),
    ...keyRecords(domain, args),
    { ...POLICY, name: `_dmarc.${domain}`, texts: [formatDmarc({ policy: args.dmarcPolicy, reportsTo })] },
    ...(authorisation === undefined ? [] : [{ ...POLICY, name: authorisation.name, texts: [authorisation.text] }]),
    { ...POLICY, name: tlsRptName(domain), texts: [formatTlsRpt(reportsTo)] },
    ...(services === undefined ? [] : serviceRecords(domain, services, POLICY_TTL_SECONDS)),
  ];
}

/** The domain of rewritten senders: bounces come in at any MX, and any site may send. Nobody writes from it. */
export function srsRecords(domain: string, sites: readonly DnsSite[]): RecordSet[] {
  return [
    { name: domain, ttlSeconds: POLICY_TTL_SECONDS, type: "MX", exchanges: exchangesOf(sites) },
    ...senderRecords(domain, sites),
    { ...POLICY, name: `_dmarc.${domain}`, texts: [formatDmarc({ policy: "reject" })] },
  ];
}

/** SPF of a domain whose mail leaves by the ways of all sites. */
function senderRecords(domain: string, sites: readonly DnsSite[]): RecordSet[] {
  const { addresses, includes } = spfSenders(sites);
  const records = spfRecords(domain, { senders: addresses, includes, rest: "-all" });
  return records.map(({ name, text }) => ({ ...POLICY, name, texts: [text] }));
}

function exchangesOf(
  sites: readonly Pick<DnsSite, "named" | "roles" | "hostname">[],
): { readonly preference: number; readonly host: string }[] {
  return sites
    .filter((site) => site.named && site.roles.includes("mx"))
    .map((site) => ({ preference: 10, host: site.hostname }));
}

/** A domain that sends bounces alone and receives nothing: no MX, and each sender has a name below it with its own SPF. */
export function bounceDomainRecords(domain: string, keys: KeysOfDomain): RecordSet[] {
  return [...nobodySends(domain), ...keyRecords(domain, keys)];
}

/** A domain without mail: the null MX (RFC 7505), and policies by which mail that claims to be from it is refused. */
export function parkedDomainRecords(domain: string): RecordSet[] {
  const exchanges = [{ preference: 0, host: "" }];
  return [{ name: domain, ttlSeconds: POLICY_TTL_SECONDS, type: "MX", exchanges }, ...nobodySends(domain)];
}

function nobodySends(domain: string): RecordSet[] {
  return [
    { ...POLICY, name: domain, texts: [formatSpf({ senders: [], includes: [], rest: "-all" })] },
    { ...POLICY, name: `_dmarc.${domain}`, texts: [formatDmarc({ policy: "reject" })] },
  ];
}

function keyRecords(domain: string, { keys, revoked }: KeysOfDomain): RecordSet[] {
  const at = (selector: string, text: Text): RecordSet => ({
    ...POLICY,
    name: dkimName(selector, domain),
    texts: [text],
  });
  return [
    ...keys.map(({ selector, key, algorithm }) => at(selector, dkimRecord(key, algorithm))),
    ...revoked.map(({ selector, algorithm }) => at(selector, revokedRecord(algorithm))),
  ];
}
