/** How a site gets its certificate: from which authority, and how it proves that the names are ours. */
import { closestZone } from "../dns/names.ts";
import type { Settings } from "../settings/schema.ts";
import { internetAddress } from "../world/addresses.ts";
import type { AcmeContext, DnsProof } from "./context.ts";
import { PORT } from "./ports.ts";

export const HTTPS = 443;

export function acmePort({ acme }: Pick<Settings, "acme">): number {
  return acme.directory === "local" ? PORT.acme : Number(new URL(acme.directory).port) || HTTPS;
}

/** Longer than until the name that all sites share is proved, so that no two have a challenge at it (docs/decisions.md, 47). */
const TURN_SECONDS = 18;

/** @param turn how many sites ask before this one */
export function acmeContext(settings: Settings, turn: number): AcmeContext {
  const { directory, email } = settings.acme;
  const local = directory === "local";
  return {
    directoryUrl: local ? `https://acme.${settings.infrastructureDomain}:${PORT.acme}/dir` : directory,
    email: email ?? `hostmaster@${settings.infrastructureDomain}`,
    turnSeconds: turn * TURN_SECONDS,
    serverCa: local ? [{ ref: "certificatePem", certificate: "ca" }] : undefined,
    dns: dnsProof(settings),
  };
}

/** How a site proves that names are ours. Undefined where nobody can: then no certificate is asked for. */
export function dnsProof(settings: Settings): DnsProof | undefined {
  return isLocal(settings)
    ? { by: "update", server: internetAddress(2).v4, tsigName: "certs", tsigPassword: "tsig/certs" }
    : providerProof(settings);
}

/** Whether the sites live in the local world. The others are in the real one. */
export function isLocal({ sites }: Pick<Settings, "sites">): boolean {
  return sites.every(({ platform }) => platform === "local");
}

/** The zone that holds the sites' own names says who takes their proofs. Nobody does in one that is kept by hand. */
export function providerProof({ dnsZones, infrastructureDomain }: Settings): DnsProof | undefined {
  const names = dnsZones.map(({ name }) => name);
  const zone = dnsZones.find(({ name }) => name === closestZone(infrastructureDomain, names));
  if (zone === undefined || zone.provider === "local" || zone.provider === "print") return undefined;
  return { by: "provider", provider: zone.provider, zone: zone.name, project: zone.project };
}
