/** All zones of a system with their record sets. */
import type { Issuer } from "../dns/caa.ts";
import { reverseZone, zoneFinder, zoneNames } from "../dns/names.ts";
import type { DnsSite } from "../dns/site-records.ts";
import type { DnsZoneSettings } from "../dns/schema.ts";
import type { DomainSettings } from "../settings/schema.ts";
import { INTERNET } from "../world/addresses.ts";
import type { WorldContext } from "../world/context.ts";
import { worldRecords } from "../world/records.ts";
import type { DkimKey, DkimSelector } from "./dkim.ts";
import { groupedBy } from "./grouped.ts";
import { systemRecords } from "./system-records.ts";
import type { Zone } from "./types.ts";
import type { Proof } from "./context.ts";
import type { WebDomain } from "./web.ts";

/** What the records of a system follow from. */
export interface ZonesArgs {
  /** Domain of the sites' own names. */
  readonly infrastructureDomain: string;
  /** Name that mail programs use at any site, fully qualified. */
  readonly clientHostname: string;
  /** Whether IMAP with STARTTLS is offered on port 143 too. */
  readonly imap143: boolean;
  /** Hosted domains. */
  readonly domains: readonly DomainSettings[];
  /** Domains that send and receive no mail, and say so. */
  readonly parkedDomains: readonly string[];
  /** Every DKIM key that is published, whether it signs or not. */
  readonly publishedKeys: readonly DkimKey[];
  /** Selectors whose keys were revoked. */
  readonly retiredSelectors: readonly DkimSelector[];
  /** All sites, in the order of the settings; those that no record is to name as well. */
  readonly sites: readonly DnsSite[];
  /** Who may issue certificates; undefined: no CAA records. */
  readonly issuer: Issuer | "nobody" | undefined;
  /** Domains whose names are served over HTTPS. */
  readonly web: readonly WebDomain[];
  /** How sites prove that names are ours. */
  readonly proof: Proof["by"] | undefined;
  /** Zones that the settings name. */
  readonly dnsZones: readonly DnsZoneSettings[];
}

/** Key that signs a zone in the local world. */
export function zoneKey(zone: string): string {
  return `zone/${zone}`;
}

/** The zones that the local world's name server answers for: all, wherever else they lie. */
export function localZones(args: ZonesArgs, world: Omit<WorldContext, "zones">): readonly Zone[] {
  const names = systemZoneNames(args, [world.outside.domain]);
  const reverse = [INTERNET.subnet, INTERNET.subnet6].flatMap((net) => (net === undefined ? [] : [reverseZone(net)]));
  const records = [...systemRecords(args), ...worldRecords(world)];
  const all = [...new Set([...names, ...reverse])];
  const zoneOf = zoneFinder(all);
  const byZone = groupedBy(records, ({ name }) => zoneOf(name));
  return all.map((name) => ({
    name,
    nameServer: world.knot.hostname,
    signingKey: zoneKey(name),
    records: byZone.get(name) ?? [],
  }));
}

/** Names of the zones that hold the system's domains, and those of `others`. */
export function systemZoneNames(args: ZonesArgs, others: readonly string[] = []): string[] {
  const domains = [
    args.infrastructureDomain,
    ...args.domains.map(({ name }) => name),
    ...args.parkedDomains,
    ...others,
  ];
  return zoneNames(
    domains,
    args.dnsZones.map(({ name }) => name),
  );
}
