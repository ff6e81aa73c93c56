/** A site's own network, and the fixed addresses of its workloads there: nobody at a site asks for another by name. */
import type { SiteAddressed } from "./context.ts";
import type { Network } from "./types.ts";

/** Host part of each workload's address. */
const HOST_PART = {
  net: 10,
  dovecot: 20,
  couchmail: 21,
  rspamd: 22,
  valkey: 23,
  opendkim: 24,
  "opendkim-ed25519": 27,
  certs: 25,
  postsrsd: 26,
  unbound: 53,
} as const satisfies Readonly<Record<SiteAddressed, number>>;

/** @param number the site's, from 0 on */
export function siteNetwork(number: number): Network {
  const prefix = sitePrefix(number);
  return { name: "site", kind: "owned", subnet: `${prefix}.0/24`, gateway: `${prefix}.1`, subnet6: undefined };
}

/** Addresses on {@link siteNetwork}. */
export function siteAddresses(number: number): Readonly<Record<SiteAddressed, string>> {
  const at = (host: number): string => `${sitePrefix(number)}.${host}`;
  return {
    net: at(HOST_PART.net),
    dovecot: at(HOST_PART.dovecot),
    couchmail: at(HOST_PART.couchmail),
    rspamd: at(HOST_PART.rspamd),
    valkey: at(HOST_PART.valkey),
    opendkim: at(HOST_PART.opendkim),
    "opendkim-ed25519": at(HOST_PART["opendkim-ed25519"]),
    postsrsd: at(HOST_PART.postsrsd),
    certs: at(HOST_PART.certs),
    unbound: at(HOST_PART.unbound),
  };
}

function sitePrefix(number: number): string {
  return `10.77.${number + 1}`;
}
