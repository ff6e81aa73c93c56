/** What must hold for the zones and keys of the settings, beyond what each key can tell. */
import { published, recordKinds, type PublishedZone } from "../plan/published.ts";
import { isMade } from "../plan/machine.ts";
import { zonesArgs } from "../plan/zones-args.ts";
import { systemZoneNames } from "../plan/zones.ts";
import { tooManyLookups } from "../settings/check-egress.ts";
import type { Problem } from "../settings/problem.ts";
import type { Settings } from "../settings/schema.ts";
import { checkSelectors } from "./check-selectors.ts";
import type { RecordKind } from "./schema.ts";

/** All of these problems; those of records that providers cannot hold wait until an SPF record can be made. */
export function checkDns(settings: Settings): Problem[] {
  return [
    ...parkedDomains(settings),
    ...checkSelectors(settings),
    ...tlsKeys(settings),
    ...linkKeys(settings),
    ...hostKeys(settings),
    ...deployKeys(settings),
    ...accountOfNobody(settings),
    ...zones(settings),
    ...(tooManyLookups(settings).length > 0 ? [] : whatProvidersCannotHold(settings)),
  ];
}

function parkedDomains({
  parkedDomains: parked,
  domains,
  infrastructureDomain,
  sites,
  clientName,
}: Settings): Problem[] {
  const hosts = [...sites.map(({ name }) => name), clientName].map((label) => `${label}.${infrastructureDomain}`);
  const taken = (name: string, index: number): string | undefined => {
    if (parked.indexOf(name) < index) return `${name}, which is listed before`;
    if (domains.some((domain) => domain.name === name)) return `${name}, which is hosted under domains`;
    if (name === infrastructureDomain) return `${name}, whose sites send bounces`;
    return hosts.includes(name) ? `${name}, which is a host of the mail system` : undefined;
  };
  return parked.flatMap((name, index) => {
    const got = taken(name, index);
    const problem = { path: `parkedDomains[${index}]`, wanted: "a domain without any mail, once", fix: "take it out" };
    return got === undefined ? [] : [{ ...problem, got }];
  });
}

function tlsKeys({ tlsKeys: changing, sites }: Settings): Problem[] {
  return changing.flatMap(({ site, serves, standby }, index) => {
    const path = `tlsKeys[${index}]`;
    const wanted = "the name of a site, once";
    const fix = `one of: ${sites.map(({ name }) => name).join(", ")}`;
    return [
      ...(sites.some(({ name }) => name === site) ? [] : [{ path: `${path}.site`, got: site, wanted, fix }]),
      ...(changing.findIndex((one) => one.site === site) === index
        ? []
        : [{ path: `${path}.site`, got: `${site}, which is listed before`, wanted, fix: "join the two entries" }]),
      ...repeated(`${path}.standby`, serves, standby),
    ];
  });
}

function linkKeys({ rotation: { link, linkAuthority }, sites }: Settings): Problem[] {
  const { signs, believed } = linkAuthority;
  const fix = `one of: ${sites.map(({ name }) => name).join(", ")}`;
  return [
    ...Object.keys(link)
      .filter((name) => !sites.some((site) => site.name === name))
      .map((name) => ({ path: `rotation.link.${name}`, got: name, wanted: "the name of a site", fix })),
    ...repeated("rotation.linkAuthority.believed", signs, believed),
  ];
}

function deployKeys({ rotation: { deploy } }: Settings): Problem[] {
  return repeated("rotation.deploy.letIn", deploy.uses, deploy.letIn);
}

/** Numbers of keys beside the one in use. */
function repeated(path: string, used: number, others: readonly number[]): Problem[] {
  if (new Set([used, ...others]).size === others.length + 1) return [];
  const wanted = `numbers other than ${used}, each once`;
  return [{ path, got: others.join(", "), wanted, fix: "take the repeated one out" }];
}

function hostKeys({ rotation: { ssh }, sites }: Settings): Problem[] {
  const made = sites.filter(isMade).map(({ name }) => name);
  return Object.keys(ssh)
    .filter((name) => !made.includes(name))
    .map((name) => ({
      path: `rotation.ssh.${name}`,
      got: name,
      wanted: "a site whose machine mailkeep makes, on a droplet or an instance",
      fix: made.length === 0 ? "take it out" : `one of: ${made.join(", ")}`,
    }));
}

function accountOfNobody(settings: Settings): Problem[] {
  const { account } = settings.acme;
  if (account === undefined || zonesArgs(settings).issuer !== undefined) return [];
  const wanted = "an account of an authority whose name in CAA records is known";
  return [{ path: "acme.account", got: account, wanted, fix: "add acme.issuer; the authority's documents name it" }];
}

function zones(settings: Settings): Problem[] {
  const { dnsZones } = settings;
  const used = systemZoneNames(zonesArgs(settings));
  return dnsZones.flatMap(({ name, provider, zoneId, project }, index) => {
    const path = `dnsZones[${index}]`;
    return [
      ...(dnsZones.findIndex((zone) => zone.name === name) === index
        ? []
        : [
            {
              path: `${path}.name`,
              got: `${name}, which is listed before`,
              wanted: "each zone once",
              fix: "take one of the two out",
            },
          ]),
      ...(used.includes(name)
        ? []
        : [
            {
              path: `${path}.name`,
              got: `${name}, which holds none of the domains`,
              wanted: "a domain of these settings, or one above it",
              fix: `such as ${settings.infrastructureDomain}`,
            },
          ]),
      ...needed(
        `${path}.zoneId`,
        zoneId,
        provider === "cloudflare",
        "cloudflare",
        "copy it from the zone's overview page",
      ),
      ...needed(
        `${path}.project`,
        project,
        provider === "google",
        "google",
        "write the id of the Google Cloud project",
      ),
    ];
  });
}

function needed(path: string, value: string | undefined, wanted: boolean, provider: string, fix: string): Problem[] {
  if ((value !== undefined) === wanted) return [];
  return wanted
    ? [{ path, got: "nothing", wanted: `a value, for the provider is ${provider}`, fix }]
    : [{ path, got: "a value", wanted: `nothing: it is for the provider ${provider}`, fix: "take it out" }];
}

/** Kinds of records that a provider's servers do not have. */
const CANNOT_HOLD: Readonly<Record<PublishedZone["provider"], readonly RecordKind[]>> = {
  cloudflare: [],
  // No TLSA type, no DNSSEC, no dot as a target; a CAA value is taken for a host name, without parameters.
  digitalocean: ["TLSA", "CAA", "nullMX", "nullSRV"],
  google: [],
  print: [],
};

function whatProvidersCannotHold(settings: Settings): Problem[] {
  return published(zonesArgs(settings)).zones.flatMap(({ name, provider, records }) =>
    CANNOT_HOLD[provider].flatMap((kind) => {
      const [first, ...more] = records.filter((set) => recordKinds(set).includes(kind));
      if (first === undefined) return [];
      const others = more.length === 0 ? "" : ` and ${more.length} more`;
      const index = settings.dnsZones.findIndex((zone) => zone.name === name);
      return [
        {
          path: `dnsZones[${index}].provider`,
          got: `${provider}, which cannot hold ${KIND_WORDS[kind]}: ${first.name}${others}`,
          wanted: `a provider that can hold everything in ${name}`,
          fix: `choose another, such as cloudflare or google, or do without: dnsZones[${index}].without: [${kind}]`,
        },
      ];
    }),
  );
}

const KIND_WORDS: Readonly<Record<RecordKind, string>> = {
  TLSA: "TLSA records, by which other servers know the right key",
  CAA: "CAA records, by which no other authority may issue certificates",
  nullMX: "the MX record of a domain without mail",
  nullSRV: "SRV records that say that a service is not offered",
};
