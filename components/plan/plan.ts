/** Settings to plan: the one place where it is decided what exists. */
import { directoryJson } from "../directory/index.ts";
import { policyHosts } from "../dns/web.ts";
import type { Settings, SiteSettings } from "../settings/schema.ts";
import { WORLD_ADDRESS } from "../world/addresses.ts";
import type { WorldContext } from "../world/context.ts";
import { acmeContext, acmePort, isPrivate, proofOf } from "./acme.ts";
import type { PeerContext, SiteContext } from "./context.ts";
import { type DkimKey, signingAlgorithms, signingKeys } from "./dkim.ts";
import { waysOut } from "./egress.ts";
import { flows } from "./flows.ts";
import {
  keyPlan,
  linkAuthorities,
  linkKey,
  nextRequest,
  nextSiteKey,
  siteDnsNames,
  siteKey,
  siteKeys,
  webKey,
  webRequest,
} from "./keys.ts";
import { machineKeys, machinePlan } from "./machine.ts";
import { machinePassword, madeUpAccounts, passwordHashRef } from "./machine-accounts.ts";
import { isLocal, numberOf, siteNetworks, sitePlace } from "./place.ts";
import { published } from "./published.ts";
import { keyUses } from "./rotation.ts";
import { siteAddresses, siteNetwork } from "./site-network.ts";
import { sitePlan } from "./site.ts";
import { srsDomain, srsSecrets } from "./srs.ts";
import type { Plan, SitePlan, Zone } from "./types.ts";
import { webCertificates, type WebDomain } from "./web.ts";
import { worldContext, worldGroup } from "./world.ts";
import { siteHostname, zonesArgs } from "./zones-args.ts";
import { localZones } from "./zones.ts";

/**
 * The plan of a stack. The settings must have passed `checkSettings`.
 *
 * @param joining sites that are to work already while no record names them yet: the first step when a site is added.
 */
export function plan(stack: string, settings: Settings, joining: readonly string[] = []): Plan {
  const args = zonesArgs(settings, joining);
  const { clientHostname, sites } = args;
  const proof = proofOf(settings);
  const signing = signingKeys(settings);
  // Local sites have a small world around them; all others are in the real one.
  const around = isLocal(settings) ? worldContext(stack, settings.infrastructureDomain) : undefined;
  const zones = around === undefined ? [] : localZones(args, around);
  const world = around && { ...around, zones };
  const allowed = flows({
    imap143: settings.imap143,
    linked: sites.length > 1,
    acmePort: acmePort(settings),
    proof: proof?.by,
    waysOut: sites.map((site) => site.waysOut),
    signers: signingAlgorithms(settings),
  });
  const planned = settings.sites.map((site): SitePlan => {
    const context = siteContext({ stack, settings, site, clientHostname, signing, zones, sites, web: args.web });
    const { hostname } = context;
    return {
      ...sitePlan(context, siteNetworks(site)),
      named: sites.some(({ name, named }) => named && name === site.name),
      machine: site.platform === "local" ? undefined : machinePlan({ site, hostname, settings, flows: allowed }),
    };
  });
  return {
    stack,
    sites: planned,
    world: world && worldGroup(world),
    flows: allowed,
    zones,
    published: published(args),
    keyUses: keyUses(settings),
    keys: keyPlan({
      sites,
      clientHostname,
      srsSecrets: srsSecrets(settings.rotation.srs, settings.rotation.srsBelieveLast),
      machinePasswords: madeUpAccounts(settings).map(machinePassword),
      link: settings.rotation,
      dkim:
        world === undefined
          ? args.publishedKeys
          : [...args.publishedKeys, { key: world.outside.key, algorithm: "rsa" }],
      zoneKeys: zones.flatMap(({ signingKey }) => (signingKey === undefined ? [] : [signingKey])),
      worldServers: world === undefined ? [] : worldServers(world),
      web: webCertificates(args.web),
      issued: isPrivate(settings) ? "private" : "asked",
      sshKeys: machineKeys(
        planned.map(({ machine }) => machine),
        settings,
      ),
    }),
  };
}

function worldServers({ pebble, outside, fickle }: Pick<WorldContext, "pebble" | "outside" | "fickle">) {
  return [
    { name: pebble.key, hostname: pebble.hostname },
    { name: outside.tlsKey, hostname: outside.hostname },
    { name: fickle.tlsKey, hostname: fickle.hostname },
  ];
}

/** The sites' own domain vouches for what they forward, whomever it was sent to. */
function sealingKey(signing: readonly DkimKey[], infrastructureDomain: string): DkimKey {
  const key = signing.find(({ domain, algorithm }) => domain === infrastructureDomain && algorithm === "rsa");
  if (key === undefined)
    throw new RangeError(`The sites' own domain ${infrastructureDomain} has no RSA key that signs; every domain must.`);
  return key;
}

interface SiteContextArgs {
  readonly stack: string;
  readonly settings: Settings;
  readonly site: SiteSettings;
  readonly clientHostname: string;
  readonly signing: readonly DkimKey[];
  readonly zones: readonly Zone[];
  readonly sites: readonly (Omit<PeerContext, "site"> & { readonly name: string })[];
  readonly web: readonly WebDomain[];
}

function siteContext(args: SiteContextArgs): SiteContext {
  const { settings, site, clientHostname } = args;
  const number = numberOf(site);
  const { limits } = settings;
  const hostname = siteHostname(site, settings);
  return {
    stack: args.stack,
    site: site.name,
    hostname,
    clientHostname,
    roles: site.roles,
    closed: site.state === "closed",
    ...sitePlace(site),
    waysOut: waysOut(site, settings.relays),
    carriesFor: settings.sites
      .filter((other) => waysOut(other, settings.relays).some((way) => way.kind === "via" && way.site === site.name))
      .map((other) => ({
        hostname: siteHostname(other, settings),
        address: sitePlace(other).egress.v4,
        roles: other.roles,
      })),
    peers: args.sites
      .filter(({ name }) => name !== site.name)
      .map((peer) => ({ site: peer.name, hostname: peer.hostname, roles: peer.roles, ingress: peer.ingress })),
    link:
      args.sites.length > 1
        ? {
            key: linkKey(site.name, settings.rotation.link[site.name]),
            certificate: linkKey(site.name),
            authorities: linkAuthorities(settings.rotation.linkAuthority),
            publish: site.platform !== "local",
          }
        : undefined,
    network: { name: "site", subnet: siteNetwork(number).subnet, address: siteAddresses(number) },
    domains: settings.domains.map(({ name }) => name),
    dmarc: {
      reject: [
        ...settings.domains.filter(({ dmarcPolicy }) => dmarcPolicy === "reject").map(({ name }) => name),
        ...(settings.domains.some(({ name }) => name === settings.infrastructureDomain)
          ? []
          : [settings.infrastructureDomain]),
        ...settings.parkedDomains,
      ],
      quarantine: settings.domains.filter(({ dmarcPolicy }) => dmarcPolicy === "quarantine").map(({ name }) => name),
    },
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
      recipientsPerUserPerDay: limits.recipientsPerUserPerDay,
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
    web: {
      domains: args.web,
      exchanges: policyHosts(args.sites),
      key: webKey(site.name),
      requests: webCertificates(args.web).map((_, index) => webRequest(site.name, index)),
    },
    tls: {
      key: siteKeys(site.name, settings.tlsKeys)[0],
      interimCertificate: siteKey(site.name),
      request: siteKey(site.name),
      nextRequest: nextSiteKey(site.name, settings.tlsKeys) === undefined ? undefined : nextRequest(site.name),
      dnsNames: siteDnsNames(hostname, clientHostname),
    },
    passwords: { valkey: `valkey/${site.name}`, directoryToken: "directory-token" },
    directory: directoryJson({ ...settings, ownDomain: settings.infrastructureDomain }, passwordHashRef(settings)),
  };
}
