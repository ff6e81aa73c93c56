/** What the local world's name server says of the world itself: its own servers and the foreign domains. */
import { mailDomainRecords } from "../dns/plan.ts";
import { addressRecords, heloRecord, reverseRecords, tlsaRecords, type DnsSite } from "../dns/site-records.ts";
import { keyAssociation, tlsaName } from "../dns/tlsa.ts";
import { POLICY_TTL_SECONDS } from "../dns/ttl.ts";
import { PORT } from "../plan/ports.ts";
import type { RecordSet } from "../plan/types.ts";
import { blocklistRecords } from "./blocklists.ts";
import type { WorldContext } from "./context.ts";

type World = Omit<WorldContext, "zones">;

/** Records of the local world's own servers, and of the foreign domains that mail goes to and comes from. */
export function worldRecords(world: World): RecordSet[] {
  const { outside, knot, pebble } = world;
  const foreign: DnsSite = {
    hostname: outside.hostname,
    roles: ["mx"],
    ingress: outside.addresses,
    egress: outside.addresses,
    waysOut: [{ kind: "direct" }],
    named: true,
    tlsKeys: [outside.tlsKey],
  };
  const { domain, selector, key } = outside;
  return [
    ...addressRecords(knot.hostname, [{ ingress: knot.addresses }]),
    ...addressRecords(pebble.hostname, [{ ingress: pebble.addresses }]),
    ...addressRecords(outside.hostname, [foreign]),
    heloRecord(foreign),
    ...tlsaRecords(outside.hostname, foreign.roles, false, [foreign]),
    ...mailDomainRecords({
      domain,
      keys: [{ selector, key, algorithm: "rsa" }],
      revoked: [],
      dmarcPolicy: "reject",
      reportsTo: `postmaster@${domain}`,
      sites: [foreign],
      services: undefined,
    }),
    ...reverseRecords([foreign]),
    ...oneFamilyRecords(outside),
    ...blocklistRecords(outside),
    ...fickleRecords(world.fickle),
  ];
}

/** Foreign domains that are reached by IPv4 alone and by IPv6 alone, so that either way out can be tried. */
function oneFamilyRecords({ domain, addresses }: World["outside"]): RecordSet[] {
  const families = [
    { label: "v4", type: "A", address: addresses.v4 },
    { label: "v6", type: "AAAA", address: addresses.v6 },
  ] as const;
  return families.flatMap(({ label, type, address }): RecordSet[] => {
    const host = `mail-${label}.${domain}`;
    return address === undefined
      ? []
      : [
          {
            name: `${label}.${domain}`,
            ttlSeconds: POLICY_TTL_SECONDS,
            type: "MX",
            exchanges: [{ preference: 10, host }],
          },
          { name: host, ttlSeconds: POLICY_TTL_SECONDS, type, addresses: [address] },
        ];
  });
}

/** Each domain has an MX host of its own, for that is where a TLSA record hangs (RFC 7672 section 2.2.1). */
function fickleRecords({ hostname, addresses, domains }: World["fickle"]): RecordSet[] {
  const server = { hostname, roles: ["mx"], ingress: addresses, egress: addresses } as const;
  return [
    ...domains.flatMap(({ name, tlsaKey }): RecordSet[] => [
      {
        name,
        ttlSeconds: POLICY_TTL_SECONDS,
        type: "MX",
        exchanges: [{ preference: 10, host: `mail.${name}` }],
      },
      ...addressRecords(`mail.${name}`, [server]),
      ...(tlsaKey === undefined ? [] : [tlsa(`mail.${name}`, tlsaKey)]),
    ]),
    ...reverseRecords([server]),
  ];
}

/** The TLSA record of an MX host, made from its key. */
function tlsa(host: string, key: string): RecordSet {
  const associations = [keyAssociation(key)];
  return { name: tlsaName(PORT.smtp, host), ttlSeconds: POLICY_TTL_SECONDS, type: "TLSA", associations };
}
