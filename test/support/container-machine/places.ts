/** Who is where in the world around a machine. */

/**
 * Of the range for benchmarks (RFC 2544): as good as documentation addresses, for which resolvers refuse to ask for names.
 * The first address is this machine's.
 */
export const PEOPLE = {
  network: "198.18.77.0/24",
  here: "198.18.77.1",
  nameServer: "198.18.77.53",
  far: "198.18.77.25",
  machine: "198.18.77.10",
} as const;
export const ADMIN = { network: "198.18.78.0/24", here: "198.18.78.1", machine: "198.18.78.10" } as const;

/** A foreign domain; no resolver knows better than to ask for names below `example` (RFC 6761 section 6.5). */
export const FAR = { domain: "far.example", hostname: "mail.far.example", selector: "far" } as const;

/** The site, on its machine. */
export const SITE = "alpha";
export const INFRASTRUCTURE = "machine.example";
export const HOSTNAME = `${SITE}.${INFRASTRUCTURE}`;
