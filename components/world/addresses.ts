/** Addresses of the local world. They are documentation prefixes (RFC 5737, RFC 3849): nothing real lives there. */
import type { Addresses, Network } from "../plan/types.ts";

/** The network that stands for the Internet. */
export const INTERNET: Network = {
  name: "internet",
  kind: "owned",
  subnet: "198.51.100.0/24",
  gateway: "198.51.100.1",
  subnet6: "2001:db8:100::/64",
};

/** An address on {@link INTERNET} by its host part, the same in IPv4 and IPv6 when written. */
export function internetAddress(host: number): { readonly v4: string; readonly v6: string } {
  return { v4: `198.51.100.${host}`, v6: `2001:db8:100::${host}` };
}

/** The world's own servers, below {@link SITE_HOSTS}. */
export const WORLD_ADDRESS = {
  knot: internetAddress(2),
  pebble: internetAddress(3),
  outside: internetAddress(4),
  fickle: internetAddress(5),
  resolver: internetAddress(6),
} as const satisfies Record<string, Addresses>;

/** Host parts that a site may have; the rest is for the world and for resolvers and certificate clients. */
export const SITE_HOSTS = { first: 11, last: 85 } as const;

/**
 * The number of a site in the local world, from its address: what hangs on it stays the same when another site comes or goes.
 */
export function siteNumber(v4: string): number {
  return Number(v4.split(".").at(-1)) - SITE_HOSTS.first;
}

/** Addresses towards the world of a site's resolver and certificate client. */
export function sideAddress(number: number, workload: "unbound" | "certs"): ReturnType<typeof internetAddress> {
  return internetAddress(101 + 2 * number + (workload === "certs" ? 1 : 0));
}
