/** All zones of a system with their record sets. */
import type { Issuer } from "../dns/caa.ts";
import { reverseZone, zoneFinder, zoneNames } from "../dns/names.ts";
import {
  bounceDomainRecords,
  type KeysOfDomain,
  mailDomainRecords,
  parkedDomainRecords,
  srsRecords,
} from "../dns/plan.ts";
import { keyAssociation, tlsaName } from "../dns/tlsa.ts";
import {
  addressRecords,
  heloRecord,
  reverseRecords,
  siteRecords,
  tlsaRecords,
  type DnsSite,
} from "../dns/site-records.ts";
import { POLICY_TTL_SECONDS } from "../dns/ttl.ts";
import { webRecords } from "../dns/web.ts";
import type { DnsZoneSettings } from "../dns/schema.ts";
import type { DomainSettings } from "../settings/schema.ts";
import { INTERNET } from "../world/addresses.ts";
import { blocklistRecords } from "../world/blocklists.ts";
import type { WorldContext } from "../world/context.ts";
import type { DkimKey, DkimSelector } from "./dkim.ts";
import { groupedBy } from "./grouped.ts";
import { srsDomain } from "./srs.ts";
import { PORT } from "./ports.ts";
import type { RecordSet, Zone } from "./types.ts";
import type { Proof } from "./context.ts";
import type { WebDomain } from "./web.ts";

export interface ZonesArgs {
  readonly infrastructureDomain: string;
  readonly clientHostname: string;
  readonly imap143: boolean;
  readonly domains: readonly DomainSettings[];
  readonly parkedDomains: readonly string[];
  /** Every DKIM key that is published, whether it signs or not. */
  readonly publishedKeys: readonly DkimKey[];
  /** Selectors whose keys were revoked. */
  readonly retiredSelectors: readonly DkimSelector[];
  readonly sites: readonly DnsSite[];
  readonly issuer: Issuer | undefined;
  /** Domains whose names are served over HTTPS. */
  readonly web: readonly WebDomain[];
  readonly proof: Proof["by"];
  /** Zones that the settings name. */
  readonly dnsZones: readonly DnsZoneSettings[];
}

type World = Omit<WorldContext, "zones">;

/** Key that signs a zone in the local world. */
export function zoneKey(zone: string): string {
  return `zone/${zone}`;
}

/** The zones that the local world's name server answers for: all, wherever else they lie. */
export function localZones(args: ZonesArgs, world: World): readonly Zone[] {
  const names = systemZoneNames(args, [world.outside.domain]);
  const reverse = [INTERNET.subnet, INTERNET.subnet6].flatMap((net) => (net === undefined ? [] : [reverseZone(net)]));
  const records = [...systemRecords(args), ...worldRecords(world)];
  const all = [...new Set([...names, ...reverse])];
  const zoneOf = zoneFinder(all);
  const byZone = groupedBy(records, ({ name }) => zoneOf(name));
  return all.map((name) => ({
    name,
    nameServer: world.knot.hostname,
    signingKey: zoneKey(name),
    records: byZone.get(name) ?? [],
  }));
}

/** Names of the zones that hold the system's domains, and those of `others`. */
export function systemZoneNames(args: ZonesArgs, others: readonly string[] = []): string[] {
  const domains = [
    args.infrastructureDomain,
    ...args.domains.map(({ name }) => name),
    ...args.parkedDomains,
    ...others,
  ];
  return zoneNames(
    domains,
    args.dnsZones.map(({ name }) => name),
  );
}

/** Records of the mail system itself, wherever its zones lie. */
export function systemRecords(args: ZonesArgs): RecordSet[] {
  const { sites, infrastructureDomain, publishedKeys } = args;
  const published = groupedBy(publishedKeys, ({ domain }) => domain);
  const retired = groupedBy(args.retiredSelectors, ({ domain }) => domain);
  const keysOf = (domain: string): KeysOfDomain => ({
    keys: published.get(domain) ?? [],
    revoked: retired.get(domain) ?? [],
  });
  const hosted = args.domains.flatMap(({ name, dmarcPolicy, reportsTo }) =>
    mailDomainRecords({
      domain: name,
      ...keysOf(name),
      dmarcPolicy,
      reportsTo: reportsTo ?? `postmaster@${name}`,
      sites,
      services: args,
    }),
  );
  const isHosted = args.domains.some(({ name }) => name === infrastructureDomain);
  return [
    ...siteRecords(args),
    ...webRecords(args),
    ...srsRecords(srsDomain(infrastructureDomain), sites),
    ...hosted,
    ...(isHosted ? [] : bounceDomainRecords(infrastructureDomain, keysOf(infrastructureDomain))),
    ...args.parkedDomains.flatMap(parkedDomainRecords),
    ...reverseRecords(sites),
  ];
}

/** Records of the local world's own servers and of the foreign domain. */
function worldRecords(world: World): RecordSet[] {
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
