/** Addresses inside a site's machine. The machine translates from and to its own. */
import type { Network } from "../plan/types.ts";

/** Host part of each workload on the network towards the world, the same in IPv4 and IPv6 when written. */
export const OUTWARD_HOST = { net: 10, certs: 25, unbound: 53 } as const;

/**
 * The network towards the world: what is published comes in here, and what goes out leaves under the machine's address.
 *
 * IPv6 addresses are unique local ones (RFC 4193), with a global identifier of the project's own.
 */
export function outwardNetwork(number: number, ipv6: boolean): Network {
  const prefix = `10.78.${number + 1}`;
  return {
    name: "internet",
    kind: "owned",
    subnet: `${prefix}.0/24`,
    gateway: `${prefix}.1`,
    subnet6: ipv6 ? `${prefix6(number)}::/64` : undefined,
    masquerade: true,
  };
}

/** An address on {@link outwardNetwork}. */
export function outwardAddress(number: number, host: number): { readonly v4: string; readonly v6: string } {
  return { v4: `10.78.${number + 1}.${host}`, v6: `${prefix6(number)}::${host}` };
}

/**
 * The subnet of an instance at Google, and its own address there. Each has a network to itself, so all may have the same one:
 * another range would make subnet, IPv6 address and machine anew.
 */
export const CLOUD_SUBNET = { subnet: "10.79.1.0/24", machine: "10.79.1.10" } as const;

function prefix6(number: number): string {
  return `fd6d:6b65:6570:${(number + 1).toString(16)}`;
}
