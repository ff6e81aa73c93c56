/** Which keys, certificates and made-up passwords a system needs. */
import type { CertificatePlan, KeyPlan, SitePlan } from "./types.ts";

const YEAR_HOURS = 365 * 24;

export interface KeyPlanArgs {
  readonly sites: readonly Pick<SitePlan, "name" | "hostname">[];
  readonly clientHostname: string;
  readonly signing: readonly { readonly key: string }[];
  readonly zoneKeys: readonly string[];
  /** Names of the passwords that sign the senders of forwarded mail. */
  readonly srsSecrets: readonly string[];
  /** Servers of the local world with a certificate from the private CA; the name is the key's and the certificate's. */
  readonly worldServers: readonly { readonly name: string; readonly hostname: string }[];
}

/** Name of a site's key pair, of its certificate from the private CA and of its request to the ACME directory. */
export function siteKey(site: string): string {
  return `site/${site}`;
}

/** Name of the key and of the certificate with which a site proves itself to the others. */
export function linkKey(site: string): string {
  return `link/${site}`;
}

/** Key and certificate of the authority that vouches for sites towards each other, and for nothing else. */
export const LINK_AUTHORITY = "link-ca";

/** Names in a site's certificate; the first is its common name. */
export function siteDnsNames(hostname: string, clientHostname: string): readonly string[] {
  return [hostname, clientHostname];
}

export function keyPlan(args: KeyPlanArgs): KeyPlan {
  const { sites, clientHostname, worldServers } = args;
  const link = linkPlan(sites);
  const issued = sites.map(({ name, hostname }): CertificatePlan => {
    const dnsNames = siteDnsNames(hostname, clientHostname);
    return {
      name: siteKey(name),
      key: siteKey(name),
      issuer: "ca",
      commonName: hostname,
      dnsNames,
      validityHours: YEAR_HOURS,
    };
  });
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
      ...sites.map(({ name }) => ({ name: siteKey(name), algorithm: "ECDSA-P256" as const })),
      ...args.signing.map(({ key }) => ({ name: key, algorithm: "RSA-2048" as const })),
      ...args.zoneKeys.map((name) => ({ name, algorithm: "ECDSA-P256" as const })),
      ...worldServers.map(({ name }) => ({ name, algorithm: "ECDSA-P256" as const })),
      ...link.map(({ key }) => ({ name: key, algorithm: "ECDSA-P256" as const })),
    ],
    certificates: [authority("ca", "mailkeep private CA"), ...issued, ...world, ...link],
    requests: sites.map(({ name, hostname }) => ({
      name: siteKey(name),
      key: siteKey(name),
      dnsNames: siteDnsNames(hostname, clientHostname),
    })),
    passwords: [
      { name: "directory-token", length: 48 },
      // Letters and digits alone, in a number divisible by four, are valid base64: a TSIG secret is written so.
      { name: "tsig/certs", length: 64 },
      ...[...args.srsSecrets].sort().map((name) => ({ name, length: 48 })),
      ...sites.map(({ name }) => ({ name: `valkey/${name}`, length: 48 })),
    ],
  };
}

/** What sites prove themselves with to each other; nothing where there is only one. */
function linkPlan(sites: KeyPlanArgs["sites"]): CertificatePlan[] {
  if (sites.length < 2) return [];
  const ends = sites.map(({ name, hostname }): CertificatePlan => ({
    name: linkKey(name),
    key: linkKey(name),
    issuer: LINK_AUTHORITY,
    // Each edge lists the names that it lets in.
    commonName: hostname,
    // Its services are names below its own.
    dnsNames: [hostname, `*.${hostname}`],
    // Mail between sites must not stop because nobody gave a command for a year.
    validityHours: 5 * YEAR_HOURS,
  }));
  return [authority(LINK_AUTHORITY, "mailkeep link CA"), ...ends];
}

function authority(name: string, commonName: string): CertificatePlan {
  return { name, key: name, issuer: "self", commonName, dnsNames: [], validityHours: 10 * YEAR_HOURS };
}
