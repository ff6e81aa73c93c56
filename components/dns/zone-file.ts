/** Zone files in the master format of RFC 1035 section 5. */
import { resolveText, type Ref } from "../plan/text.ts";
import type { RecordSet, Zone } from "../plan/types.ts";

/** Longest character-string of a TXT record, RFC 1035 section 3.3. */
const MAX_STRING_OCTETS = 255;

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
    ...zone.records.flatMap((set) =>
      recordData(set, resolve).map((data) => `${set.name}. ${set.ttlSeconds} IN ${set.type} ${data}`),
    ),
  ];
  return lines.join("\n") + "\n";
}

/** RDATA of each record in a set, in master-file form. */
export function recordData(set: RecordSet, resolve: (ref: Ref) => string): string[] {
  switch (set.type) {
    case "A":
    case "AAAA":
      return [...set.addresses];
    case "CNAME":
    case "PTR":
    case "NS":
      return set.targets.map((target) => `${target}.`);
    case "MX":
      return set.exchanges.map(({ preference, host }) => `${preference} ${host}.`);
    case "TXT":
      return set.texts.map((text) => formatTxt(resolveText(text, resolve)));
  }
}

/** A TXT record's text as quoted strings of at most 255 octets; readers join them again (RFC 7208 section 3.3). */
export function formatTxt(text: string): string {
  const octets = Buffer.from(text, "utf8");
  const strings: string[] = [];
  for (let start = 0; start === 0 || start < octets.length; start += MAX_STRING_OCTETS) {
    strings.push(quote(octets.subarray(start, start + MAX_STRING_OCTETS)));
  }
  return strings.join(" ");
}

/** Escapes by octet, so that a string cut inside a character is still right. */
function quote(octets: Buffer): string {
  const escaped = Array.from(octets, (octet) => {
    const character = String.fromCharCode(octet);
    if (character === '"' || character === "\\") return `\\${character}`;
    return octet >= 0x20 && octet < 0x7f ? character : `\\${String(octet).padStart(3, "0")}`;
  });
  return `"${escaped.join("")}"`;
}
