/** How a site gets its certificate: from which authority, and how it proves that the names are ours. */
import { closestZone } from "../dns/names.ts";
import type { Settings } from "../settings/schema.ts";
import { internetAddress } from "../world/addresses.ts";
import type { AcmeContext, DnsProof, Proof } from "./context.ts";
import { ACCOUNT_KEY } from "./keys.ts";
import { isLocal, worldAddresses } from "./place.ts";
import { PORT } from "./ports.ts";

/** Whether certificates come from the stack's own authority, and nobody is asked for them. */
export function isPrivate({ acme }: Pick<Settings, "acme">): boolean {
  return acme.directory === "private";
}

/** Port of the directory that certificates are asked for at; undefined where there is none. */
export function acmePort({ acme }: Pick<Settings, "acme">): number | undefined {
  if (acme.directory === "private") return undefined;
  return acme.directory === "local" ? PORT.acme : Number(new URL(acme.directory).port) || PORT.https;
}

/** Longer than until the name that all sites share is proved, so that no two have a challenge at it (docs/decisions.md, 47). */
const TURN_SECONDS = 18;

/** @param turn how many sites ask before this one */
export function acmeContext(settings: Settings, turn: number): AcmeContext | undefined {
  const { directory, directoryCa, email } = settings.acme;
  const local = directory === "local";
  const proof = proofOf(settings);
  if (proof === undefined) return undefined;
  return {
    directoryUrl: local ? `https://acme.${settings.infrastructureDomain}:${PORT.acme}/dir` : directory,
    email: email ?? `hostmaster@${settings.infrastructureDomain}`,
    // Answers over HTTP are nobody's to wipe out.
    turnSeconds: proof.by === "http" ? 0 : turn * TURN_SECONDS,
    serverCa: local ? [{ ref: "certificatePem", certificate: "ca" }] : directoryCa,
    accountKey: ACCOUNT_KEY,
    proof,
  };
}

/**
 * How a site proves that names are ours: by records where the settings or the zone's provider let it, else over HTTP. Undefined
 * where nobody asks.
 */
export function proofOf(settings: Settings): Proof | undefined {
  if (isPrivate(settings)) return undefined;
  const dns = settings.acme.proof === "http" ? undefined : dnsProof(settings);
  if (dns !== undefined) return dns;
  const addresses = settings.sites.map(worldAddresses);
  return {
    by: "http",
    addresses: addresses.flatMap(({ v4, v6 }) => [v4, ...(v6 === undefined ? [] : [v6])]),
  };
}

/** Undefined where nobody takes records from a site. */
function dnsProof(settings: Settings): DnsProof | undefined {
  return isLocal(settings)
    ? { by: "update", server: internetAddress(2).v4, tsigName: "certs", tsigPassword: "tsig/certs" }
    : providerProof(settings);
}

/** The zone that holds the sites' own names says who takes their proofs. Nobody does in one that is kept by hand. */
export function providerProof({ dnsZones, infrastructureDomain }: Settings): DnsProof | undefined {
  const names = dnsZones.map(({ name }) => name);
  const zone = dnsZones.find(({ name }) => name === closestZone(infrastructureDomain, names));
  if (zone === undefined || zone.provider === "local" || zone.provider === "print") return undefined;
  return { by: "provider", provider: zone.provider, zone: zone.name, project: zone.project };
}
