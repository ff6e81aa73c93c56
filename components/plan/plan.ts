/** Settings to plan: the one place where it is decided what exists. */
import { directoryJson } from "../directory/index.ts";
import type { Settings, SiteSettings } from "../settings/schema.ts";
import { internetAddress, sideAddress, siteNetwork, WORLD_ADDRESS } from "../world/addresses.ts";
import type { AcmeContext, SiteAddressed, SiteContext } from "./context.ts";
import { flows } from "./flows.ts";
import { HOST_PART } from "./ids.ts";
import { keyPlan, siteDnsNames, siteKey, siteKeys } from "./keys.ts";
import { PORT } from "./ports.ts";
import { published } from "./published.ts";
import { sitePlan } from "./site.ts";
import type { Plan, Zone } from "./types.ts";
import { worldContext, worldGroup } from "./world.ts";
import { signingKeys, siteHostname, zonesArgs } from "./zones-args.ts";
import { localZones, type SigningKey } from "./zones.ts";

/** The plan of a stack. The settings must have passed `checkSettings`. */
export function plan(stack: string, settings: Settings): Plan {
  const args = zonesArgs(settings);
  const { clientHostname, sites } = args;
  const signing = signingKeys(settings);
  const around = worldContext(stack, settings.infrastructureDomain);
  const zones = localZones(args, around);
  const world = { ...around, zones };
  return {
    stack,
    sites: settings.sites.map((site, index) =>
      sitePlan(siteContext({ stack, settings, site, index, clientHostname, signing, zones }), index),
    ),
    world: worldGroup(world),
    flows: flows({ imap143: settings.imap143, acmePort: acmePort(settings) }),
    zones,
    published: published(args),
    keys: keyPlan({
      sites,
      clientHostname,
      dkim: [...args.publishedKeys, world.outside],
      zoneKeys: zones.flatMap(({ signingKey }) => (signingKey === undefined ? [] : [signingKey])),
      worldServers: [
        { name: world.pebble.key, hostname: world.pebble.hostname },
        { name: world.outside.tlsKey, hostname: world.outside.hostname },
      ],
    }),
  };
}

interface SiteContextArgs {
  readonly stack: string;
  readonly settings: Settings;
  readonly site: SiteSettings;
  readonly index: number;
  readonly clientHostname: string;
  readonly signing: readonly SigningKey[];
  readonly zones: readonly Zone[];
}

function siteContext(args: SiteContextArgs): SiteContext {
  const { settings, site, index, clientHostname } = args;
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
    publishAddress: site.publishAddress,
    network: { name: "site", subnet: siteNetwork(index).subnet, address: siteAddresses(index) },
    outside: {
      name: "internet",
      addressOfUnbound: sideAddress(index, "unbound"),
      addressOfCerts: sideAddress(index, "certs"),
    },
    domains: settings.domains.map(({ name }) => name),
    signing: args.signing,
    mail: {
      messageSizeBytes: limits.messageSizeMiB * 1024 * 1024,
      connectionsPerClient: limits.connectionsPerClient,
      connectionsPerClientPerMinute: limits.connectionsPerClientPerMinute,
      messagesPerClientPerMinute: limits.messagesPerClientPerMinute,
      messagesPerUserPerMinute: limits.messagesPerUserPerMinute,
      imapConnectionsPerUser: limits.imapConnectionsPerUser,
      recipientDelimiter: "+",
    },
    imap143: settings.imap143,
    stubZones: args.zones.map(({ name, signingKey }) => ({ zone: name, server: WORLD_ADDRESS.knot.v4, signingKey })),
    acme: acmeContext(settings),
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
function siteAddresses(index: number): Record<SiteAddressed, string> {
  const prefix = siteNetwork(index).subnet.replace(/\.0\/24$/, "");
  const at = (host: number): string => `${prefix}.${host}`;
  return {
    net: at(HOST_PART.net),
    dovecot: at(HOST_PART.dovecot),
    couchmail: at(HOST_PART.couchmail),
    rspamd: at(HOST_PART.rspamd),
    valkey: at(HOST_PART.valkey),
    opendkim: at(HOST_PART.opendkim),
    certs: at(HOST_PART.certs),
    unbound: at(HOST_PART.unbound),
  };
}

const HTTPS = 443;

function acmePort({ acme }: Settings): number {
  return acme.directory === "local" ? PORT.acme : Number(new URL(acme.directory).port) || HTTPS;
}

function acmeContext(settings: Settings): AcmeContext {
  const { directory, email } = settings.acme;
  const local = directory === "local";
  return {
    directoryUrl: local ? `https://acme.${settings.infrastructureDomain}:${PORT.acme}/dir` : directory,
    email: email ?? `hostmaster@${settings.infrastructureDomain}`,
    serverCa: local ? [{ ref: "certificatePem", certificate: "ca" }] : undefined,
    dns: { server: internetAddress(2).v4, tsigName: "certs", tsigPassword: "tsig/certs" },
  };
}
