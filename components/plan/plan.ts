/** Settings to plan: the one place where it is decided what exists. */
import { directoryJson } from "../directory/index.ts";
import type { Settings, SiteSettings } from "../settings/schema.ts";
import { internetAddress, sideAddress, siteNetwork, siteNumber, WORLD_ADDRESS } from "../world/addresses.ts";
import type { AcmeContext, PeerContext, SiteAddressed, SiteContext } from "./context.ts";
import { waysOut } from "./egress.ts";
import { flows } from "./flows.ts";
import { HOST_PART } from "./ids.ts";
import { keyPlan, linkAuthorities, linkKey, siteDnsNames, siteKey, siteKeys } from "./keys.ts";
import { PORT } from "./ports.ts";
import { published } from "./published.ts";
import { keyUses } from "./rotation.ts";
import { sitePlan } from "./site.ts";
import { srsDomain, srsSecrets } from "./srs.ts";
import type { Plan, SitePlan, Zone } from "./types.ts";
import { worldContext, worldGroup } from "./world.ts";
import { signingKeys, siteHostname, zonesArgs } from "./zones-args.ts";
import { localZones, type SigningKey } from "./zones.ts";

/**
 * The plan of a stack. The settings must have passed `checkSettings`.
 *
 * @param joining sites that are to work already while no record names them yet: the first step when a site is added.
 */
export function plan(stack: string, settings: Settings, joining: readonly string[] = []): Plan {
  const args = zonesArgs(settings, joining);
  const { clientHostname, sites } = args;
  const signing = signingKeys(settings);
  const around = worldContext(stack, settings.infrastructureDomain);
  const zones = localZones(args, around);
  const world = { ...around, zones };
  return {
    stack,
    sites: settings.sites.map((site) => ({
      ...sitePlan(siteContext({ stack, settings, site, clientHostname, signing, zones, sites })),
      named: sites.some(({ name, named }) => named && name === site.name),
    })),
    world: worldGroup(world),
    flows: flows({
      imap143: settings.imap143,
      linked: sites.length > 1,
      acmePort: acmePort(settings),
      waysOut: sites.map((site) => site.waysOut),
    }),
    zones,
    published: published(args),
    keyUses: keyUses(settings),
    keys: keyPlan({
      sites,
      clientHostname,
      srsSecrets: srsSecrets(settings.rotation.srs, settings.rotation.srsBelieveLast),
      link: settings.rotation,
      dkim: [...args.publishedKeys, world.outside],
      zoneKeys: zones.flatMap(({ signingKey }) => (signingKey === undefined ? [] : [signingKey])),
      worldServers: [
        { name: world.pebble.key, hostname: world.pebble.hostname },
        { name: world.outside.tlsKey, hostname: world.outside.hostname },
        { name: world.fickle.tlsKey, hostname: world.fickle.hostname },
      ],
    }),
  };
}

/** The sites' own domain vouches for what they forward, whomever it was sent to. */
function sealingKey(signing: readonly SigningKey[], infrastructureDomain: string): SigningKey {
  const key = signing.find(({ domain }) => domain === infrastructureDomain);
  if (key === undefined) throw new RangeError(`no signing key for the sites' own domain ${infrastructureDomain}`);
  return key;
}

interface SiteContextArgs {
  readonly stack: string;
  readonly settings: Settings;
  readonly site: SiteSettings;
  readonly clientHostname: string;
  readonly signing: readonly SigningKey[];
  readonly zones: readonly Zone[];
  readonly sites: readonly (Omit<PeerContext, "site"> &
    Pick<SitePlan, "egress" | "waysOut"> & { readonly name: string })[];
}

function siteContext(args: SiteContextArgs): SiteContext {
  const { settings, site, clientHostname } = args;
  const number = siteNumber(site.addresses.v4);
  const { limits } = settings;
  const hostname = siteHostname(site, settings);
  const addresses = { v4: site.addresses.v4, v6: site.addresses.v6 };
  return {
    stack: args.stack,
    site: site.name,
    hostname,
    clientHostname,
    roles: site.roles,
    ingress: addresses,
    egress: addresses,
    waysOut: waysOut(site, settings.relays),
    carriesFor: args.sites
      .filter((other) => other.waysOut.some((way) => way.kind === "via" && way.site === site.name))
      .map((other) => ({ hostname: other.hostname, address: other.egress.v4, roles: other.roles })),
    peers: args.sites
      .filter(({ name }) => name !== site.name)
      .map((peer) => ({ site: peer.name, hostname: peer.hostname, roles: peer.roles, ingress: peer.ingress })),
    link:
      args.sites.length > 1
        ? {
            key: linkKey(site.name, settings.rotation.link[site.name]),
            certificate: linkKey(site.name),
            authorities: linkAuthorities(settings.rotation.linkAuthority),
          }
        : undefined,
    publishAddress: site.publishAddress,
    network: { name: "site", subnet: siteNetwork(number).subnet, address: siteAddresses(number) },
    outside: {
      name: "internet",
      addressOfUnbound: sideAddress(number, "unbound"),
      addressOfCerts: sideAddress(number, "certs"),
    },
    domains: settings.domains.map(({ name }) => name),
    signing: args.signing,
    srs: {
      domain: srsDomain(settings.infrastructureDomain),
      secrets: srsSecrets(settings.rotation.srs, settings.rotation.srsBelieveLast),
    },
    arc: sealingKey(args.signing, settings.infrastructureDomain),
    mail: {
      messageSizeBytes: limits.messageSizeMiB * 1024 * 1024,
      connectionsPerClient: limits.connectionsPerClient,
      connectionsPerClientPerMinute: limits.connectionsPerClientPerMinute,
      messagesPerClientPerMinute: limits.messagesPerClientPerMinute,
      messagesPerUserPerMinute: limits.messagesPerUserPerMinute,
      imapConnectionsPerUser: limits.imapConnectionsPerUser,
      recipientDelimiter: "+",
      greylistDelaySeconds: settings.filter.greylistDelaySeconds,
    },
    blocklists: settings.blocklists.map((list) => ({
      ...list,
      keyed: Object.hasOwn(settings.blocklistKeys, list.zone),
    })),
    queue: settings.queue,
    outboundTls: settings.outboundTls,
    imap143: settings.imap143,
    stubZones: args.zones.map(({ name, signingKey }) => ({ zone: name, server: WORLD_ADDRESS.knot.v4, signingKey })),
    acme: acmeContext(settings, settings.sites.indexOf(site)),
    tls: {
      key: siteKeys(site.name, settings.tlsKeys)[0],
      interimCertificate: siteKey(site.name),
      request: siteKey(site.name),
      dnsNames: siteDnsNames(hostname, clientHostname),
    },
    passwords: { valkey: `valkey/${site.name}`, directoryToken: "directory-token" },
    directory: directoryJson(settings),
  };
}

/** Fixed addresses of the workloads on a site's own network. */
function siteAddresses(number: number): Record<SiteAddressed, string> {
  const prefix = siteNetwork(number).subnet.replace(/\.0\/24$/, "");
  const at = (host: number): string => `${prefix}.${host}`;
  return {
    net: at(HOST_PART.net),
    dovecot: at(HOST_PART.dovecot),
    couchmail: at(HOST_PART.couchmail),
    rspamd: at(HOST_PART.rspamd),
    valkey: at(HOST_PART.valkey),
    opendkim: at(HOST_PART.opendkim),
    postsrsd: at(HOST_PART.postsrsd),
    certs: at(HOST_PART.certs),
    unbound: at(HOST_PART.unbound),
  };
}

const HTTPS = 443;

function acmePort({ acme }: Settings): number {
  return acme.directory === "local" ? PORT.acme : Number(new URL(acme.directory).port) || HTTPS;
}

/** Longer than an authority takes, so that no two sites have a challenge at the name that they share. */
const TURN_SECONDS = 20;

function acmeContext(settings: Settings, turn: number): AcmeContext {
  const { directory, email } = settings.acme;
  const local = directory === "local";
  return {
    directoryUrl: local ? `https://acme.${settings.infrastructureDomain}:${PORT.acme}/dir` : directory,
    email: email ?? `hostmaster@${settings.infrastructureDomain}`,
    turnSeconds: turn * TURN_SECONDS,
    serverCa: local ? [{ ref: "certificatePem", certificate: "ca" }] : undefined,
    dns: { server: internetAddress(2).v4, tsigName: "certs", tsigPassword: "tsig/certs" },
  };
}
