/** IP addresses, so that two ways to write one are the same. */
import { isIP } from "node:net";

/** IPv4 as it is; IPv6 as eight groups of four digits (RFC 4291 section 2.2). */
export function canonicalAddress(address: string): string {
  const text = address
    .trim()
    .replace(/^\[(.*)\]$/, "$1")
    .toLowerCase();
  if (!text.includes(":")) return text;
  const [head = "", tail] = text.split("::");
  const groups = (part: string): string[] => (part === "" ? [] : part.split(":").flatMap(group));
  const [first, last] = [groups(head), groups(tail ?? "")];
  const zeros =
    tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => "0");
  return [...first, ...zeros, ...last].map((one) => one.padStart(4, "0")).join(":");
}

/** The last two groups may be written as an IPv4 address. */
function group(text: string): string[] {
  if (!text.includes(".")) return [text];
  const [a = 0, b = 0, c = 0, d = 0] = text.split(".").map(Number);
  return [(a * 256 + b).toString(16), (c * 256 + d).toString(16)];
}

/** Where an address's PTR record is: RFC 1035 section 3.5, RFC 3596 section 2.5. */
export function reverseName(address: string): string {
  const canonical = canonicalAddress(address);
  return canonical.includes(":")
    ? `${Array.from(canonical.replaceAll(":", "")).toReversed().join(".")}.ip6.arpa`
    : `${canonical.split(".").toReversed().join(".")}.in-addr.arpa`;
}

/** Whether only the machine itself, or the container, has the address or network. */
export function isLoopbackNetwork(network: string): boolean {
  const text = network.trim().replace(/^\[(.*)\](\/\d+)?$/, "$1$2");
  return /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}(\/(8|9|[12]\d|3[0-2]))?$/.test(text) || /^::1(\/128)?$/.test(text);
}

/** Whether the network is for use inside only: RFC 1918, RFC 4193, RFC 3927, RFC 4291 section 2.5.6. */
export function isPrivateNetwork(network: string): boolean {
  const [address = "", prefix = ""] = network.trim().split("/");
  const bits = prefix === "" ? Number.POSITIVE_INFINITY : Number(prefix);
  if (address.includes(":")) {
    const start = Number.parseInt(canonicalAddress(address).slice(0, 4), 16);
    return ((start & 0xfe00) === 0xfc00 && bits >= 7) || ((start & 0xffc0) === 0xfe80 && bits >= 10);
  }
  const [a = -1, b = -1] = address.split(".").map(Number);
  return (
    (a === 10 && bits >= 8) ||
    (a === 172 && b >= 16 && b < 32 && bits >= 12) ||
    (a === 192 && b === 168 && bits >= 16) ||
    (a === 169 && b === 254 && bits >= 16)
  );
}

/** A shorter prefix is nobody's own: two of half the Internet are all of it. */
const SHORTEST = { v4: 8, v6: 16 } as const;

/** Networks of IPv6 with all of IPv4 in them, and where its addresses begin: RFC 4291 section 2.5.5.2, RFC 3056, RFC 6052. */
const WITH_V4 = [
  { head: "0000:0000:0000:0000:0000:ffff:", begins: 96 },
  { head: "2002:", begins: 16 },
  { head: "0064:ff9b:0000:0000:0000:0000:", begins: 96 },
] as const;

/**
 * Whether the network is the Internet, or so large a part of it that a list with it in it keeps few out. One whose length is no
 * number might be that.
 */
export function isWorld(network: string): boolean {
  const text = network.trim();
  if (["", "*", "0.0.0.0", "::"].includes(text)) return true;
  const [address = "", length] = text.split("/");
  if (length === undefined || isPrivateNetwork(text)) return false;
  return !/^\d+$/.test(length) || Number(length) < shortestOf(address);
}

/** Whether networks are the Internet together: 256 of them, each of which could be somebody's own, are all of IPv4. */
export function areWorld(networks: readonly string[]): boolean {
  if (networks.some(isWorld)) return true;
  const sizes = { v4: 0, v6: 0 };
  for (const network of new Set(networks.filter((one) => !isPrivateNetwork(one)))) {
    const [address = "", length] = network.trim().split("/");
    if (length !== undefined) sizes[isIpv6(address) ? "v6" : "v4"] += 2 ** (shortestOf(address) - Number(length));
  }
  // As large as one prefix that is the world by itself.
  return sizes.v4 >= 2 || sizes.v6 >= 2;
}

function shortestOf(address: string): number {
  if (!isIpv6(address)) return SHORTEST.v4;
  const canonical = canonicalAddress(address);
  const within = WITH_V4.find(({ head }) => canonical.startsWith(head));
  return within === undefined ? SHORTEST.v6 : within.begins + SHORTEST.v4;
}

/** Whether an address or a network is one of IPv6. */
export function isIpv6(network: string): boolean {
  return network.includes(":");
}

/** One address, with or without the length of its prefix. */
export function isSingle(network: string): boolean {
  const [address = "", length, ...rest] = network.trim().split("/");
  if (isIP(address) === 0 || rest.length > 0) return false;
  return length === undefined || Number(length) === (isIpv6(address) ? 128 : 32);
}
