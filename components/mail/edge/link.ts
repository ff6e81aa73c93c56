/**
 * Both ends of the link, which joins sites over networks that belong to others.
 *
 * One port a site takes TLS 1.3 connections of the other sites alone: their certificates come from an authority that signs
 * nothing else, and their names are listed, so that a site that has left is a stranger at once. The name that the client
 * asks for (SNI, RFC 6066 section 3) is the service. What passes is the service's own protocol, with the PROXY header first
 * that the other edge wrote: header and client address are encrypted and known to be from a site.
 */
import { PORT } from "../../plan/ports.ts";
import { concat, type Text } from "../../plan/text.ts";
import type { LinkContext } from "../../plan/context.ts";
import { CONF } from "../../plan/workload.ts";
import { READY } from "./health.ts";
import type { Addresses } from "../../plan/types.ts";

/** Both ends of the link, at one site. */
export interface Link {
  /** This site's name in its certificate. */
  readonly hostname: string;
  /** Addresses where the other sites connect to. */
  readonly ingress: Addresses;
  /** The sites that are let in and gone to. */
  readonly peers: readonly LinkPeer[];
  /** Services that this site answers for the others, by the names of the edge's own services. */
  readonly served: readonly LinkService[];
}

/** Another site. */
export interface LinkPeer {
  readonly site: string;
  /** Name in its certificate. */
  readonly hostname: string;
  /** IPv4 address of its end. */
  readonly address: Text;
  /** Services that it answers, and that this site makes use of. */
  readonly services: readonly PeerService[];
}

/** A service that another site answers. */
export interface PeerService {
  readonly name: string;
  readonly idleMinutes: number;
  /**
   * Whether a session ends with the health of the far side: delivery is tried again at once then, where it would wait for
   * minutes on a path that has been cut. A mail program that only listens is left in peace.
   */
  readonly endWhenUnhealthy: boolean;
}

/** A service that this site answers. */
export interface LinkService {
  readonly name: string;
  /** Where it is answered here, past the health check of the edge's own service. */
  readonly address: string;
  /**
   * Whose health counts: the edge's own server, as `<backend>/<server>`, or the keeper at this port of the loopback where the
   * service is for other sites alone.
   */
  readonly health: { readonly track: string } | { readonly keeperPort: number };
  readonly idleMinutes: number;
  /** The sites that may use it, by the names in their certificates; undefined: all of them. */
  readonly clients?: readonly string[];
}

const CERTIFICATE = `${CONF}/link.pem`;
const AUTHORITY = `${CONF}/link-ca.pem`;

/** Asked of the other site before a connection goes there: whether its own servers of a service are ready. */
const HEALTH = "health";

/**
 * The name that is asked for at a site, below the site's own. It is also what its certificate is compared with (RFC 9525), so
 * that no other site can answer in its place.
 */
const sniOf = (service: string, hostname: string): string => `${service}.${hostname}`;

/** Where the connections to a service of another site go in. HAProxy makes the socket, and nobody else sees its folder. */
export function linkSocket(site: string, service: string): string {
  return `unix@/run/link-${site}-${service}.sock`;
}

/** The server whose health is that of a service at another site. */
export function linkServer(site: string, service: string): string {
  return `link-${site}-${service}/${site}`;
}

/** Certificate with key, and the certificates of the authorities. */
export function linkFiles({ key, certificate, authorities }: LinkContext): Readonly<Record<string, Text>> {
  return {
    "link.pem": [
      { ref: "certificatePem", certificate },
      { ref: "privateKeyPem", key },
    ],
    "link-ca.pem": authorities.map((authority) => ({ ref: "certificatePem", certificate: authority })),
  };
}

/** The sections of haproxy.cfg for both ends. */
export function linkSections(link: Link): Text[] {
  return [
    entrance(link),
    healthPage(link.served),
    ...link.served.map(servedBackend),
    ...link.peers.flatMap((peer) => peer.services.flatMap((one) => wayTo(peer, one))),
  ];
}

function entrance({ hostname, ingress, peers, served }: Link): string {
  const tls = `ssl crt ${CERTIFICATE} ca-file ${AUTHORITY} verify required ssl-min-ver TLSv1.3`;
  const addresses = [ingress.v4, ...(ingress.v6 === undefined ? [] : [`[${ingress.v6}]`])];
  const services: readonly Pick<LinkService, "name" | "clients">[] = [{ name: HEALTH }, ...served];
  const only = (clients: readonly string[] | undefined): string =>
    clients === undefined ? "" : ` { ssl_c_s_dn(cn) -m str ${clients.join(" ")} }`;
  return [
    "frontend link",
    ...addresses.map((address) => `    bind ${address}:${PORT.link} ${tls}`),
    "    timeout client 35m",
    "    # The other sites' health checks, every second or two.",
    `    tcp-request content set-log-level silent if { ssl_fc_sni ${sniOf(HEALTH, hostname)} }`,
    `    tcp-request content reject unless { ssl_c_s_dn(cn) -m str ${peers.map(({ hostname }) => hostname).join(" ")} }`,
    ...services.map(
      ({ name, clients }) =>
        `    use_backend served-${name} if { ssl_fc_sni ${sniOf(name, hostname)} }${only(clients)}`,
    ),
    "",
  ].join("\n");
}

/** Says whether the servers that this site has for a service are ready; never what it reaches by way of others. */
function healthPage(served: readonly LinkService[]): string {
  return [
    `backend served-${HEALTH}`,
    "    timeout server 10s",
    `    server page unix@/run/link-${HEALTH}.sock`,
    "",
    "frontend link-health",
    "    mode http",
    `    bind unix@/run/link-${HEALTH}.sock`,
    "    no log",
    "    timeout client 10s",
    ...served.map(
      ({ name }) =>
        `    http-request return status 200 content-type text/plain string ready if { path /${name} } { nbsrv(served-${name}) gt 0 }`,
    ),
    "    http-request return status 503",
    "",
  ].join("\n");
}

function servedBackend({ name, address, health, idleMinutes }: LinkService): string {
  return [
    `backend served-${name}`,
    `    timeout server ${idleMinutes}m`,
    ...("track" in health
      ? [`    server own ${address} track ${health.track}`]
      : [
          "    option httpchk",
          ...READY.map((line) => `    ${line}`),
          `    server own ${address} check port ${health.keeperPort}`,
        ]),
    "",
  ].join("\n");
}

function wayTo(peer: LinkPeer, { name, idleMinutes, endWhenUnhealthy }: PeerService): Text[] {
  const backend = `link-${peer.site}-${name}`;
  const options = [
    `:${PORT.link}`,
    `ssl crt ${CERTIFICATE} ca-file ${AUTHORITY} verify required ssl-min-ver TLSv1.3`,
    `sni str(${sniOf(name, peer.hostname)}) check check-sni ${sniOf(HEALTH, peer.hostname)}${endWhenUnhealthy ? " on-marked-down shutdown-sessions" : ""}`,
  ].join(" ");
  return [
    [
      `frontend ${backend}`,
      `    bind ${linkSocket(peer.site, name)}`,
      "    no log",
      `    timeout client ${idleMinutes}m`,
      `    default_backend ${backend}`,
      "",
    ].join("\n"),
    concat(
      [
        `backend ${backend}`,
        `    timeout server ${idleMinutes}m`,
        "    option httpchk",
        `    http-check send meth GET uri /${name} ver HTTP/1.1 hdr Host link hdr Connection close`,
        "    http-check expect status 200",
        `    server ${peer.site} `,
      ].join("\n"),
      peer.address,
      `${options}\n`,
    ),
  ];
}
