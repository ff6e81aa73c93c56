/** Who is where in the world around the machines. */

/** Sites, each on a machine of its own. */
export const SITES = ["alpha", "bravo"] as const;
export type Site = (typeof SITES)[number];
export const INFRASTRUCTURE = "machine.example";

export function hostnameOf(site: Site): string {
  return `${site}.${INFRASTRUCTURE}`;
}

/**
 * Of the range for benchmarks (RFC 2544): as good as documentation addresses, for which resolvers refuse to ask for names.
 * The first address is this machine's.
 */
export const PEOPLE = {
  network: "198.18.77.0/24",
  here: "198.18.77.1",
  nameServer: "198.18.77.53",
  resolver: "198.18.77.54",
  authority: "198.18.77.80",
  far: "198.18.77.25",
  alpha: "198.18.77.11",
  bravo: "198.18.77.12",
} as const;
/** The same in IPv6, RFC 5180. */
export const PEOPLE6 = {
  network: "2001:2:0:77::/64",
  far: "2001:2:0:77::25",
  alpha: "2001:2:0:77::11",
  bravo: "2001:2:0:77::12",
} as const;
export const ADMIN = {
  network: "198.18.78.0/24",
  here: "198.18.78.1",
  alpha: "198.18.78.11",
  bravo: "198.18.78.12",
} as const;

/** Who certifies names. */
export const AUTHORITY = { hostname: "acme.authority.example", port: 14000, managementPort: 15000 } as const;

/** A foreign domain; no resolver knows better than to ask for names below `example` (RFC 6761 section 6.5). */
export const FAR = {
  domain: "far.example",
  hostname: "mail.far.example",
  selector: "far",
  /** A domain whose mail it takes by IPv6 alone. */
  domain6: "six.far.example",
} as const;
