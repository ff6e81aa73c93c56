/** All zones of a system with their record sets. */
import {
  addressRecords,
  heloRecord,
  mailDomainRecords,
  POLICY_TTL_SECONDS,
  reverseRecords,
  siteRecords,
  srsRecords,
  type DnsSite,
} from "../dns/plan.ts";
import { dkimRecord } from "../dns/dkim.ts";
import { formatDmarc } from "../dns/dmarc.ts";
import { isBelow, reverseZone } from "../dns/names.ts";
import { formatSpf } from "../dns/spf.ts";
import { keyAssociation, tlsaName } from "../dns/tlsa.ts";
import type { DomainSettings } from "../settings/schema.ts";
import { INTERNET } from "../world/addresses.ts";
import { blocklistRecords } from "../world/blocklists.ts";
import type { WorldContext } from "../world/context.ts";
import { srsDomain } from "./srs.ts";
import { PORT } from "./ports.ts";
import type { RecordSet, Zone } from "./types.ts";

export interface ZonesArgs {
  readonly infrastructureDomain: string;
  readonly clientHostname: string;
  readonly domains: readonly DomainSettings[];
  readonly signing: readonly SigningKey[];
  readonly sites: readonly DnsSite[];
}

/** The key that signs mail of a domain and of its subdomains. */
export interface SigningKey {
  readonly domain: string;
  readonly selector: string;
  readonly key: string;
}

type World = Omit<WorldContext, "zones">;

/** Key that signs a zone in the local world. */
export function zoneKey(zone: string): string {
  return `zone/${zone}`;
}

/** The zones that the local world's name server answers for. */
export function localZones(args: ZonesArgs, world: World): readonly Zone[] {
  const names = [args.infrastructureDomain, ...args.domains.map(({ name }) => name), world.outside.domain];
  const reverse = [INTERNET.subnet, INTERNET.subnet6].flatMap((net) => (net === undefined ? [] : [reverseZone(net)]));
  const records = [...systemRecords(args), ...worldRecords(world)];
  return [...new Set([...names, ...reverse])].map((name, _, all) => ({
    name,
    nameServer: world.knot.hostname,
    signingKey: zoneKey(name),
    records: records.filter((record) => closestZone(record.name, all) === name),
  }));
}

/** Records of the mail system itself, wherever its zones lie. */
export function systemRecords(args: ZonesArgs): RecordSet[] {
  const { sites, infrastructureDomain } = args;
  const hosted = args.domains.flatMap((domain) => {
    const signing = args.signing.find((key) => key.domain === domain.name);
    if (signing === undefined) throw new RangeError(`no signing key for the domain ${domain.name}`);
    const { selector, key } = signing;
    return mailDomainRecords({ domain: domain.name, selector, key, dmarcPolicy: domain.dmarcPolicy, sites });
  });
  const isHosted = args.domains.some(({ name }) => name === infrastructureDomain);
  const infrastructure = isHosted ? [] : infrastructureRecords(args);
  return [
    ...siteRecords(sites, args.clientHostname),
    ...srsRecords(srsDomain(infrastructureDomain), sites),
    ...hosted,
    ...infrastructure,
    ...reverseRecords(sites),
  ];
}

/** Bounces come from the sites' own names: their domain has a signature and a policy, though no mailboxes. */
function infrastructureRecords(args: ZonesArgs): RecordSet[] {
  const domain = args.infrastructureDomain;
  const policy = { ttlSeconds: POLICY_TTL_SECONDS, type: "TXT" } as const;
  return [
    { ...policy, name: domain, texts: [formatSpf({ senders: [], rest: "-all" })] },
    { ...policy, name: `_dmarc.${domain}`, texts: [formatDmarc({ policy: "reject" })] },
    ...args.signing
      .filter((signing) => signing.domain === domain)
      .map(({ selector, key }) => ({ ...policy, name: `${selector}._domainkey.${domain}`, texts: [dkimRecord(key)] })),
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
    named: true,
  };
  const { domain, selector, key } = outside;
  return [
    ...addressRecords(knot.hostname, [{ ingress: knot.addresses }]),
    ...addressRecords(pebble.hostname, [{ ingress: pebble.addresses }]),
    ...addressRecords(outside.hostname, [foreign]),
    heloRecord(foreign),
    ...mailDomainRecords({ domain, selector, key, dmarcPolicy: "reject", sites: [foreign] }),
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
  const server = { hostname, roles: ["mx"], ingress: addresses, egress: addresses, named: true } as const;
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

/** The longest of some zones that a name lies in. */
function closestZone(name: string, zones: readonly string[]): string | undefined {
  return zones.filter((zone) => isBelow(name, zone)).sort((a, b) => b.length - a.length)[0];
}
