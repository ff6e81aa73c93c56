/** What hosted domains have served over HTTPS, under which names, and in which certificates. */
import type { MtaStsMode } from "../dns/mta-sts.ts";
import { closestZone } from "../dns/names.ts";
import type { Settings } from "../settings/schema.ts";

/** A hosted domain, in what is served over HTTPS. */
export interface WebDomain {
  readonly name: string;
  /** Undefined: the domain has no MTA-STS policy. */
  readonly mtaSts: MtaStsMode | undefined;
  /** Whether the zone that holds it is kept by hand: records come when somebody has copied them. */
  readonly byHand: boolean;
}

/** Label of the host that all these names are aliases of. */
export const WEB_LABEL = "wellknown";

/** Label of the names where sites prove that the domains' names are ours. */
export const PROOFS_LABEL = "acme-proofs";

/** RFC 8461 section 3.3; what Thunderbird and Outlook ask for. */
export const WEB_LABELS = ["mta-sts", "autoconfig", "autodiscover"] as const;

/**
 * A domain whose zone is broken holds up those that share a certificate with it, and a change to one asks for the others'
 * names again. Let's Encrypt allows 100 names in one.
 */
const DOMAINS_A_CERTIFICATE = 10;

/** All hosted domains. */
export function webDomains(settings: Pick<Settings, "dnsZones" | "domains">): readonly WebDomain[] {
  const byHand = settings.dnsZones.filter(({ provider }) => provider === "print").map(({ name }) => name);
  const named = settings.dnsZones.map(({ name }) => name);
  return settings.domains.map(({ name, mtaSts }) => ({
    name,
    mtaSts: mtaSts === "off" ? undefined : mtaSts,
    byHand: byHand.includes(closestZone(name, named) ?? ""),
  }));
}

/** The names of a domain that are served. */
export function webNames({ name, mtaSts }: WebDomain): string[] {
  return WEB_LABELS.filter((label) => label !== "mta-sts" || mtaSts !== undefined).map((label) => `${label}.${name}`);
}

/** The names in each certificate. A domain that waits for somebody's hands is alone in its own. */
export function webCertificates(domains: readonly WebDomain[]): readonly (readonly string[])[] {
  const together = domains.filter(({ byHand }) => !byHand);
  const chunks = Array.from({ length: Math.ceil(together.length / DOMAINS_A_CERTIFICATE) }, (_, index) =>
    together.slice(index * DOMAINS_A_CERTIFICATE, (index + 1) * DOMAINS_A_CERTIFICATE),
  );
  return [...chunks, ...domains.filter(({ byHand }) => byHand).map((one) => [one])].map((chunk) =>
    chunk.flatMap(webNames),
  );
}
