/** Prefixes of addresses, as firewalls take them. */

/** A shorter prefix is nobody's own: two of half the Internet are all of it. */
const SHORTEST = { v4: 8, v6: 16 } as const;

/**
 * Whether a prefix is the Internet or so large a part of it that a list with it in it keeps few out. Networks for use inside
 * (RFC 4193) are not.
 */
export function isWorldPrefix(prefix: string): boolean {
  const [address = "", length = ""] = prefix.split("/");
  if (!address.includes(":")) return Number(length) < SHORTEST.v4;
  return Number(length) < SHORTEST.v6 && !(/^f[cd]/i.test(address) && Number(length) >= 7);
}
