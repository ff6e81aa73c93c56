/** From the settings, and what is known of machines that are there, to what is looked at. */
import { closestZone } from "../../components/dns/names.ts";
import { plan as makePlan } from "../../components/plan/plan.ts";
import { proofOf } from "../../components/plan/acme.ts";
import { PORT, sitePorts, WEB_PORTS } from "../../components/plan/ports.ts";
import type { Settings, SiteSettings } from "../../components/settings/schema.ts";
import { WORLD_ADDRESS } from "../../components/world/addresses.ts";
import type { Server } from "../dns/exchange.ts";
import type { Known } from "./known.ts";
import type { Door, Speech, Subject, SubjectList, SubjectSite, SubjectZone } from "./subject.ts";

/** What is asked of addresses in the real world even where no settings name it: receivers everywhere ask them. */
const WELL_KNOWN_LISTS = ["zen.spamhaus.org", "bl.spamcop.net"];
/** Large receivers with servers for IPv4 and IPv6. One that answers is enough. */
const WELL_KNOWN_RECEIVERS = ["gmail.com", "outlook.com", "gmx.net"];

/** What is looked at follows from these. */
export interface LookAtArgs {
  readonly stack: string;
  readonly settings: Settings;
  readonly known: Known;
  /** What the providers say of their zones' servers, by zone. */
  readonly zoneServers: ReadonlyMap<string, readonly string[]>;
  readonly from: string | undefined;
  readonly resolvers: readonly Server[];
}

/** Pure. */
export function subjectOf({ stack, settings, known, zoneServers, from, resolvers }: LookAtArgs): Subject {
  const { sites } = makePlan(stack, settings);
  const closed = settings.sites.every(({ platform }) => platform === "local");
  return {
    stack,
    sites: sites.flatMap((site) => {
      const own = settings.sites.find(({ name }) => name === site.name);
      if (own === undefined) return [];
      const relays = site.waysOut.flatMap((way) => (way.kind === "relay" ? [way.relay] : []));
      return [
        {
          name: site.name,
          platform: own.platform,
          hostname: site.hostname,
          addresses: addressesOf(own, known),
          sendsDirectly: site.waysOut.some(({ kind }) => kind === "direct"),
          relays: relays.map(({ host, port }) => ({ host, port })),
          // A site that is closed sends senders on, and has the others serve its users.
          doors: doorsOf(
            own.state === "closed" ? own.roles.filter((role) => role !== "mx") : own.roles,
            settings.imap143,
          ),
          up: closed || known.up.has(site.name),
        } satisfies SubjectSite,
      ];
    }),
    zones: zonesOf(settings, closed, zoneServers),
    domains: settings.domains.map(({ name }) => name),
    blocklists: listsOf(settings, closed, known),
    knockAt: closed ? ["outside.test"] : WELL_KNOWN_RECEIVERS,
    resolvers,
    from,
    provesByHttp: proofOf(settings)?.by === "http",
  };
}

function doorsOf(roles: SiteSettings["roles"], imap143: boolean): readonly Door[] {
  const speech: Readonly<Record<string, Speech>> = { http: "http", https: "tls", submissions: "tls", imaps: "tls" };
  return Object.entries({ ...sitePorts(roles, imap143), ...WEB_PORTS })
    .map(([name, port]) => ({ port, speaks: speech[name] ?? "line" }))
    .toSorted((one, other) => one.port - other.port);
}

function addressesOf(site: SiteSettings, known: Known): readonly string[] {
  if (site.platform !== "local" && site.platform !== "host") return known.addresses.get(site.name) ?? [];
  const { v4, v6 } = site.addresses;
  return v6 === undefined ? [v4] : [v4, v6];
}

/** The zones that the system's domains lie in. */
function zonesOf(
  { infrastructureDomain, domains, parkedDomains, dnsZones }: Settings,
  closed: boolean,
  servers: ReadonlyMap<string, readonly string[]>,
): readonly SubjectZone[] {
  const named = dnsZones.map(({ name }) => name);
  const names = [infrastructureDomain, ...domains.map(({ name }) => name), ...parkedDomains];
  return [...new Set(names.map((name) => closestZone(name, named) ?? name))].map((name) => ({
    name,
    provider: dnsZones.find((zone) => zone.name === name)?.provider ?? "local",
    servers: closed ? undefined : servers.get(name),
    closed,
  }));
}

function listsOf({ blocklists }: Settings, closed: boolean, known: Known): readonly SubjectList[] {
  const own = blocklists
    .filter(({ about }) => about.includes("client"))
    .map(({ zone, answers }) => {
      const key = known.blocklistKeys[zone];
      return { name: zone, zone: key === undefined ? zone : `${key}.${zone}`, answers };
    });
  const others = closed ? [] : WELL_KNOWN_LISTS.filter((name) => !own.some((list) => list.name === name));
  return [...own, ...others.map((name) => ({ name, zone: name, answers: undefined }))];
}

/** Whom a check asks for names: the local world's own server, or those of this machine. */
export function resolversHere(
  closed: boolean,
  given: string | undefined,
  system: readonly string[],
): readonly Server[] {
  if (given !== undefined) return [{ address: given }];
  if (closed) return [{ address: WORLD_ADDRESS.knot.v4, port: PORT.dns }];
  return system.flatMap((address) => serverOf(address) ?? []);
}

/** As Node.js writes them: an address, or with a port `192.0.2.1:5353` and `[2001:db8::1]:5353`. */
function serverOf(written: string): Server | undefined {
  const [, v6, v4, port] = /^(?:\[(.+)\]|([\d.]+)):(\d+)$/.exec(written) ?? [];
  const address = v6 ?? v4;
  return address === undefined ? { address: written } : { address, port: Number(port) };
}

/** The address of a site's own resolver on its network. */
export function resolverOf(stack: string, settings: Settings, site: string): Server {
  const workloads = makePlan(stack, settings).sites.find(({ name }) => name === site)?.workloads ?? [];
  const network = workloads.find(({ name }) => name === "unbound")?.network;
  const address = network?.kind === "own" ? network.attach[0]?.address : undefined;
  if (address === undefined) throw new Error(`The plan of ${site} has no resolver.`);
  return { address, port: PORT.dns };
}
