/** Prefixes of addresses, as firewalls take them. */
import { isIP } from "node:net";
import { canonicalIpv6 } from "./ipv6.ts";

/** A shorter prefix is nobody's own: two of half the Internet are all of it. */
const SHORTEST = { v4: 8, v6: 16 } as const;

/** Networks of IPv6 with all of IPv4 in them, and where its addresses begin: RFC 4291 section 2.5.5.2, RFC 3056, RFC 6052. */
const WITH_V4 = [
  { form: /^(0*:)+ffff:/i, begins: 96 },
  { form: /^2002:/, begins: 16 },
  { form: /^0*64:ff9b:(0*:)+/i, begins: 96 },
] as const;

/**
 * Whether a prefix is the Internet or so large a part of it that a list with it in it keeps few out. Networks for use inside
 * (RFC 4193) are not.
 */
export function isWorldPrefix(prefix: string): boolean {
  const [address = "", length = ""] = prefix.split("/");
  if (!address.includes(":")) return Number(length) < SHORTEST.v4;
  const within = WITH_V4.find(({ form }) => form.test(address));
  if (within !== undefined) return Number(length) < within.begins + SHORTEST.v4;
  return Number(length) < SHORTEST.v6 && !(/^f[cd]/i.test(address) && Number(length) >= 7);
}

/**
 * The prefix with nothing of an address behind it, in one spelling: `203.0.113.7/28` is `203.0.113.0/28`. Google's firewalls refuse any
 * other (hashicorp/terraform-provider-google, issue 4032), and a provider that tells its own spelling would have a change each time.
 */
export function canonicalPrefix(prefix: string): string {
  const [address = "", bits = "none"] = prefix.split("/");
  const length = Number(bits);
  // The schema complains of what is none, and still asks for its spelling.
  if (isIP(address) === 0 || !Number.isInteger(length) || length > (address.includes(":") ? 128 : 32)) return prefix;
  if (!address.includes(":")) return `${maskedOctets(address.split(".").map(Number), length).join(".")}/${length}`;
  const groups = maskedOctets(octetsOf(address), length);
  const words = Array.from({ length: 8 }, (_, index) => (groups[2 * index] ?? 0) * 256 + (groups[2 * index + 1] ?? 0));
  return `${canonicalIpv6(words.map((word) => word.toString(16)).join(":"))}/${length}`;
}

function maskedOctets(octets: readonly number[], length: number): number[] {
  return octets.map((octet, index) => octet & (0xff00 >> Math.min(8, Math.max(0, length - 8 * index))) & 0xff);
}

/** Of an IPv6 address, sixteen of them. */
function octetsOf(address: string): number[] {
  const [head = "", tail] = canonicalIpv6(address).split("::");
  const words = (part: string): number[] =>
    part.split(":").flatMap((word) => (word === "" ? [] : [Number.parseInt(word, 16)]));
  const [left, right] = [words(head), words(tail ?? "")];
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => 0);
  return [...left, ...zeros, ...right].flatMap((word) => [word >> 8, word & 0xff]);
}
