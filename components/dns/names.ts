/** Host names and reverse names. */
import { isIPv4, isIPv6 } from "node:net";

/** Whether `name` lies in `zone` or is the zone itself. Both absolute, lower case, without the last dot. */
export function isBelow(name: string, zone: string): boolean {
  return name === zone || name.endsWith(`.${zone}`);
}

/** The longest of some zones that a name lies in. */
export function closestZone(name: string, zones: readonly string[]): string | undefined {
  return zoneFinder(zones)(name);
}

/** The same for many names: with a zone for each of hundreds of domains, every name is not compared with every zone. */
export function zoneFinder(zones: readonly string[]): (name: string) => string | undefined {
  const known = new Set(zones);
  return (name) => {
    for (let above = name; ;) {
      if (known.has(above)) return above;
      const dot = above.indexOf(".");
      if (dot < 0) return undefined;
      above = above.slice(dot + 1);
    }
  };
}

/** Zones that hold some domains: the closest of those that are named, else one for the domain itself. */
export function zoneNames(domains: readonly string[], named: readonly string[]): string[] {
  const closest = zoneFinder(named);
  return [...new Set(domains.map((domain) => closest(domain) ?? domain))];
}

/**
 * The name whose PTR record gives an address its host name: RFC 1035 section 3.5 for IPv4, RFC 3596 section 2.5 for
 * IPv6.
 *
 * @throws RangeError when `address` is neither.
 */
export function reverseName(address: string): string {
  if (isIPv4(address)) return `${address.split(".").reverse().join(".")}.in-addr.arpa`;
  if (isIPv6(address)) return `${Array.from(hexDigits(address)).reverse().join(".")}.ip6.arpa`;
  throw new RangeError(`"${address}" is not an IP address.`);
}

/** An address as DNS blocklists have it, in front of their zones: RFC 5782 sections 2.1 and 2.4. @throws RangeError as above */
export function listedName(address: string): string {
  return reverseName(address).replace(/\.(in-addr|ip6)\.arpa$/, "");
}

/** The reverse zone of a network. The prefix must end at a label: a multiple of 8 bits in IPv4, of 4 in IPv6. */
export function reverseZone(network: string): string {
  const [address, bits] = network.split("/");
  if (address === undefined || bits === undefined)
    throw new RangeError(`"${network}" is not a network: write an address, a slash and the bits of its prefix.`);
  const labels = reverseName(address).split(".");
  const perLabel = isIPv4(address) ? 8 : 4;
  const hostLabels = ((isIPv4(address) ? 32 : 128) - Number(bits)) / perLabel;
  if (!Number.isInteger(hostLabels))
    throw new RangeError(`The prefix of "${network}" does not end at a label: take a multiple of ${perLabel} bits.`);
  return labels.slice(hostLabels).join(".");
}

/** The 32 hexadecimal digits of an IPv6 address. */
function hexDigits(address: string): string {
  const [head = "", tail] = address.split("::");
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => "0000");
  return [...left, ...zeros, ...right].join("");
}

function groups(part: string): string[] {
  return part
    .split(":")
    .filter((group) => group !== "")
    .flatMap((group) => (group.includes(".") ? embeddedIpv4(group) : [group.padStart(4, "0").toLowerCase()]));
}

/** The two groups of an IPv4 address written inside an IPv6 one, RFC 4291 section 2.2. */
function embeddedIpv4(dotted: string): string[] {
  const [a = 0, b = 0, c = 0, d = 0] = dotted.split(".").map(Number);
  return [(a << 8) | b, (c << 8) | d].map((group) => group.toString(16).padStart(4, "0"));
}
