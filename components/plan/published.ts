/** Zones that lie with a provider outside of the local world. */
import type { DnsProvider, DnsZoneSettings, RecordKind } from "../dns/schema.ts";
import { zoneFinder } from "../dns/names.ts";
import { groupedBy } from "./grouped.ts";
import type { RecordSet } from "./types.ts";
import { systemRecords } from "./system-records.ts";
import { systemZoneNames, type ZonesArgs } from "./zones.ts";

/** A zone at a provider, or kept by hand, with the records that are to be in it. */
export interface PublishedZone {
  readonly name: string;
  readonly provider: Exclude<DnsProvider, "local">;
  /** Cloudflare's id of the zone. */
  readonly zoneId: string | undefined;
  /** Google's project. */
  readonly project: string | undefined;
  readonly records: readonly RecordSet[];
}

/** What goes to each provider, and what goes to none because its zone is somebody else's. */
export interface Published {
  readonly zones: readonly PublishedZone[];
  /** Records that the owners of other zones must publish, such as those that agree to reports. */
  readonly elsewhere: readonly RecordSet[];
}

/** Every record goes to the closest zone that the settings name, less what its provider cannot hold (`without`). */
export function published(args: ZonesArgs): Published {
  const records = systemRecords(args);
  const zoneOf = zoneFinder(systemZoneNames(args));
  const byZone = groupedBy(records, ({ name }) => zoneOf(name));
  return {
    zones: args.dnsZones.flatMap((zone) => publishedZone(zone, byZone.get(zone.name) ?? [])),
    // Reverse names belong to whoever owns the addresses: each platform sets them.
    elsewhere: (byZone.get(undefined) ?? []).filter(({ type }) => type !== "PTR"),
  };
}

function publishedZone(zone: DnsZoneSettings, records: readonly RecordSet[]): PublishedZone[] {
  const { name, provider, zoneId, project, without } = zone;
  if (provider === "local") return [];
  const kept = records.filter((set) => !recordKinds(set).some((kind) => without.includes(kind)));
  return [{ name, provider, zoneId, project, records: kept }];
}

/** What a provider must be able to hold for a record set, beyond what each can. */
export function recordKinds(set: RecordSet): readonly RecordKind[] {
  switch (set.type) {
    case "TLSA":
    case "CAA":
      return [set.type];
    case "MX":
      return set.exchanges.some(({ host }) => host === "") ? ["nullMX"] : [];
    case "SRV":
      return set.services.some(({ target }) => target === "") ? ["nullSRV"] : [];
    default:
      return [];
  }
}
