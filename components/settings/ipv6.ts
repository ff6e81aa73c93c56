import { isIPv6 } from "node:net";

/** One spelling for each IPv6 address, that of RFC 5952, so that the same address twice is seen. */
export function canonicalIpv6(address: string): string {
  // The schema complains of what is none, and still asks for its spelling.
  return isIPv6(address) ? new URL(`http://[${address}]/`).hostname.slice(1, -1) : address;
}
