/** Prefixes by how much of the Internet is in them. Settings and policy packs judge them apart, and must agree. */

/** Few are kept out by them. */
export const WORLD_PREFIXES = [
  "0.0.0.0/0",
  "0.0.0.0/1",
  "128.0.0.0/1",
  "203.0.0.0/7",
  "::/0",
  "0::/0",
  "::/1",
  "8000::/1",
  "2000::/3",
  "2001::/15",
  "fe00::/6",
  "::ffff:0:0/96",
  "0:0:0:0:0:FFFF:0.0.0.0/103",
  "2002::/16",
  "64:ff9b::/96",
] as const;

/** Somebody's own, however large. */
export const OWN_PREFIXES = [
  "10.0.0.0/8",
  "203.0.0.0/8",
  "203.0.113.0/24",
  "203.0.113.7/32",
  "2001::/16",
  "2001:db8:9::/48",
  "::ffff:203.0.113.0/120",
  "2002:cb00:7100::/40",
  "2001:db8::7/128",
  "fc00::/7",
  "fd00::/8",
] as const;
