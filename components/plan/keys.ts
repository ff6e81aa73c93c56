/** Which keys, certificates and made-up passwords a system needs. */
import type { DkimAlgorithm } from "../dns/dkim.ts";
import type { DkimKey } from "./dkim.ts";
import type { KeyName } from "./text.ts";
import type { CertificatePlan, KeyAlgorithm, KeyPlan, SitePlan } from "./types.ts";

/** Longer RSA keys do not fit into what every provider of zones takes, and 2048 bits are what RFC 8301 section 3.2 asks for. */
const DKIM_KEYS = { rsa: "RSA-2048", ed25519: "ED25519" } as const satisfies Record<DkimAlgorithm, KeyAlgorithm>;

const YEAR_HOURS = 365 * 24;
/** Apple's devices take no longer ones, whoever issued them (support.apple.com/103769 names 825 days). */
const PRIVATE_HOURS = 820 * 24;

/** What keys, certificates and passwords follow from. */
export interface KeyPlanArgs {
  /** Each site with the keys of its certificate. */
  readonly sites: readonly (Pick<SitePlan, "name" | "hostname"> & {
    /** The key in use first. */
    readonly tlsKeys: readonly [KeyName, ...KeyName[]];
    readonly nextTlsKey: KeyName | undefined;
  })[];
  /** Name that mail programs use at any site; in every site's certificate. */
  readonly clientHostname: string;
  /** DKIM keys, whether they sign or not. */
  readonly dkim: readonly Pick<DkimKey, "key" | "algorithm">[];
  /** Keys that sign the zones of the local world. */
  readonly zoneKeys: readonly string[];
  /** Names of the passwords that sign the senders of forwarded mail. */
  readonly srsSecrets: readonly string[];
  /** Names of the made-up passwords of machine accounts. */
  readonly machinePasswords: readonly string[];
  /** Which key each site proves itself with, and which authorities vouch for that. */
  readonly link: LinkKeys;
  /** Servers of the local world with a certificate from the private CA; the name is the key's and the certificate's. */
  readonly worldServers: readonly { readonly name: string; readonly hostname: string }[];
  /** Names in each certificate for what is served over HTTPS; every site has one of each. */
  readonly web: readonly (readonly string[])[];
  /** Whether an ACME directory is asked for certificates, or the private CA makes them all. */
  readonly issued: "asked" | "private";
  /** SSH key pairs of the sites' machines. */
  readonly sshKeys: readonly string[];
}

/** Name of the key of the ACME account that all sites share. */
export const ACCOUNT_KEY = "acme-account";

/** Name of a site's certificate from the private CA and of its request to the ACME directory, and of its first key pair. */
export function siteKey(site: string, number = 1): string {
  return number === 1 ? `site/${site}` : `site/${site}/${number}`;
}

/** Name of the key of a site's certificates for what is served over HTTPS. No TLSA record names it. */
export function webKey(site: string): string {
  return `web/${site}`;
}

/** Name of the request for one of these certificates. */
export function webRequest(site: string, index: number): string {
  return `${webKey(site)}/${index + 1}`;
}

/** Keys of a site's certificate: the one in use, then those whose TLSA records are published as well. */
export function siteKeys(site: string, changing: readonly TlsKeys[]): readonly [KeyName, ...KeyName[]] {
  const { serves, standby } = changing.find((one) => one.site === site) ?? { serves: 1, standby: [] };
  return [siteKey(site, serves), ...standby.map((number) => siteKey(site, number))];
}

/** The key that a site is to have next, where one is published: keys are counted up. */
export function nextSiteKey(site: string, changing: readonly TlsKeys[]): KeyName | undefined {
  const { serves, standby } = changing.find((one) => one.site === site) ?? { serves: 1, standby: [] };
  const next = standby.filter((number) => number > serves).toSorted((a, b) => a - b)[0];
  return next === undefined ? undefined : siteKey(site, next);
}

/** Name of the request for a certificate for the key that a site is to have next. */
export function nextRequest(site: string): string {
  return `${siteKey(site)}/next`;
}

interface TlsKeys {
  readonly site: string;
  readonly serves: number;
  readonly standby: readonly number[];
}

interface LinkKeys {
  /** By site; 1 where none is given. */
  readonly link: Readonly<Record<string, number>>;
  readonly linkAuthority: LinkAuthority;
}

interface LinkAuthority {
  readonly signs: number;
  readonly believed: readonly number[];
}

/** Name of a key with which a site proves itself to the others; that of the first is also the certificate's. */
export function linkKey(site: string, number = 1): string {
  return number === 1 ? `link/${site}` : `link/${site}/${number}`;
}

/** Name of the key and certificate of an authority that vouches for sites towards each other, and for nothing else. */
export function linkAuthority(number: number): string {
  return number === 1 ? "link-ca" : `link-ca/${number}`;
}

/** All that are believed, the one that signs first. */
export function linkAuthorities({ signs, believed }: LinkAuthority): readonly string[] {
  return [signs, ...believed].map(linkAuthority);
}

/** Names in a site's certificate; the first is its common name. */
export function siteDnsNames(hostname: string, clientHostname: string): readonly string[] {
  return [hostname, clientHostname];
}

/** All that is made once and lives in the state, in an order that follows from the arguments alone. */
export function keyPlan(args: KeyPlanArgs): KeyPlan {
  const { sites, clientHostname, worldServers } = args;
  const link = linkPlan(sites, args.link);
  const issued = sites.map(({ name, hostname, tlsKeys: [key] }): CertificatePlan => {
    const dnsNames = siteDnsNames(hostname, clientHostname);
    return {
      name: siteKey(name),
      key,
      issuer: "ca",
      commonName: hostname,
      dnsNames,
      validityHours: args.issued === "private" ? PRIVATE_HOURS : YEAR_HOURS,
    };
  });
  const web = args.issued === "asked" ? [] : sites.flatMap(({ name }) => privateWebCertificates(name, args.web));
  const world = worldServers.map(({ name, hostname }): CertificatePlan => ({
    name,
    key: name,
    issuer: "ca",
    commonName: hostname,
    dnsNames: [hostname],
    validityHours: 10 * YEAR_HOURS,
  }));
  return {
    keys: [
      { name: "ca", algorithm: "ECDSA-P256" },
      ...sites.flatMap(({ tlsKeys }) => tlsKeys.map((name) => ({ name, algorithm: "ECDSA-P256" as const }))),
      ...sites.map(({ name }) => ({ name: webKey(name), algorithm: "ECDSA-P256" as const })),
      ...(args.issued === "asked" ? [{ name: ACCOUNT_KEY, algorithm: "ECDSA-P256" as const }] : []),
      ...args.dkim.map(({ key, algorithm }) => ({ name: key, algorithm: DKIM_KEYS[algorithm] })),
      ...args.zoneKeys.map((name) => ({ name, algorithm: "ECDSA-P256" as const })),
      ...worldServers.map(({ name }) => ({ name, algorithm: "ECDSA-P256" as const })),
      ...args.sshKeys.map((name) => ({ name, algorithm: "ED25519" as const })),
      ...link.map(({ key }) => ({ name: key, algorithm: "ECDSA-P256" as const })),
    ],
    certificates: [authority("ca", "mailkeep private CA"), ...issued, ...web, ...world, ...link],
    requests: (args.issued === "asked" ? sites : []).flatMap(({ name, hostname, tlsKeys: [key], nextTlsKey: next }) => [
      { name: siteKey(name), key, dnsNames: siteDnsNames(hostname, clientHostname) },
      ...(next === undefined
        ? []
        : [{ name: nextRequest(name), key: next, dnsNames: siteDnsNames(hostname, clientHostname) }]),
      ...args.web.map((dnsNames, index) => ({ name: webRequest(name, index), key: webKey(name), dnsNames })),
    ]),
    passwords: [
      { name: "directory-token", length: 48 },
      // Letters and digits alone, in a number divisible by four, are valid base64: a TSIG secret is written so.
      ...(worldServers.length === 0 ? [] : [{ name: "tsig/certs", length: 64 }]),
      ...[...args.srsSecrets].sort().map((name) => ({ name, length: 48 })),
      ...sites.map(({ name }) => ({ name: `valkey/${name}`, length: 48 })),
      ...[...args.machinePasswords].sort().map((name) => ({ name, length: 32 })),
    ],
  };
}

/** Certificates for what a site serves over HTTPS, under the names that their requests have elsewhere. */
function privateWebCertificates(site: string, web: KeyPlanArgs["web"]): CertificatePlan[] {
  return web.map((dnsNames, index) => ({
    name: webRequest(site, index),
    key: webKey(site),
    issuer: "ca",
    commonName: dnsNames[0] ?? "",
    dnsNames,
    validityHours: PRIVATE_HOURS,
  }));
}

/** What sites prove themselves with to each other; nothing where there is only one. */
function linkPlan(sites: KeyPlanArgs["sites"], keys: LinkKeys): CertificatePlan[] {
  if (sites.length < 2) return [];
  const authorities = linkAuthorities(keys.linkAuthority).map((name) => authority(name, authorityTitle(name)));
  const ends = sites.map(({ name, hostname }): CertificatePlan => ({
    name: linkKey(name),
    key: linkKey(name, keys.link[name]),
    issuer: linkAuthority(keys.linkAuthority.signs),
    // Each edge lists the names that it lets in.
    commonName: hostname,
    // Its services are names below its own.
    dnsNames: [hostname, `*.${hostname}`],
    // Mail between sites must not stop because nobody gave a command for a year.
    validityHours: 5 * YEAR_HOURS,
  }));
  return [...authorities, ...ends];
}

/** Two authorities of one name could be taken for each other. */
const authorityTitle = (name: string): string => `mailkeep ${name.replace("link-ca", "link CA").replace("/", " ")}`;

function authority(name: string, commonName: string): CertificatePlan {
  return { name, key: name, issuer: "self", commonName, dnsNames: [], validityHours: 10 * YEAR_HOURS };
}
