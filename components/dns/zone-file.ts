/** Zone files in the master format of RFC 1035 section 5. */
import type { Ref } from "../plan/text.ts";
import type { RecordSet, Zone } from "../plan/types.ts";
import { recordData } from "./record-data.ts";

/**
 * Writes a zone. The serial is left at 1: a server that signs the zone counts on from its own.
 *
 * @param resolve gives the text of a reference to a key.
 */
export function formatZone(zone: Zone, resolve: (ref: Ref) => string): string {
  const hostmaster = `hostmaster.${zone.name}.`;
  const lines = [
    `$ORIGIN ${zone.name}.`,
    // Negative answers live for the last figure (RFC 2308 section 5): short, so that a new name is seen soon.
    `@ 3600 IN SOA ${zone.nameServer}. ${hostmaster} 1 3600 600 1209600 60`,
    `@ 3600 IN NS ${zone.nameServer}.`,
    ...recordLines(zone.records, resolve),
  ];
  return lines.join("\n") + "\n";
}

/** One line for each record. */
export function recordLines(records: readonly RecordSet[], resolve: (ref: Ref) => string): string[] {
  return records.flatMap((set) =>
    recordData(set, resolve).map((data) => `${set.name}. ${set.ttlSeconds} IN ${set.type} ${data}`),
  );
}
