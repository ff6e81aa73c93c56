/** What the edge of a site answers, and who stands behind each of its ports: here, and at the other sites. */
import type { SiteContext } from "../../plan/context.ts";
import { PORT, sitePorts } from "../../plan/ports.ts";
import type { Role } from "../../plan/types.ts";
import { egressAsked, egressServed, egressWays } from "./egress.ts";
import { IMAP_IDLE_MINUTES, SMTP_IDLE_MINUTES } from "./idle.ts";
import type { Link, LinkService } from "./link.ts";
import type { EdgeServer, EdgeService } from "./render.ts";

/**
 * The services of a site: to the world what its roles say, and to its own daemons delivery. Its own server comes first, and
 * the other sites that have the role are its backups, over the link. Mail for port 25 is not handed on: its sender knows
 * the other sites by their MX records. A site that is closed has no Postfix of its own to anybody: senders hear 421 (RFC 5321
 * section 3.8) and go on to the next MX, and users are served by the others.
 */
export function edgeServices(site: SiteContext): EdgeService[] {
  const busy = `421 4.3.2 ${site.hostname} Service not available, try again later`;
  const offered = sitePorts(site.roles, site.imap143);
  const services: EdgeService[] = [
    { ...smtp(site, "smtp", PORT.smtp, MX), busy },
    { ...smtp(site, "submission", PORT.submission, { ...SUBMISSION, port: PORT.submissionProxy }), busy },
    // No word before TLS on this one: a client sees a closed connection.
    { ...smtp(site, "submissions", PORT.submissions, { ...SUBMISSION, port: PORT.submissionsProxy }), tlsFirst: true },
    { ...imap(site, "imaps", PORT.imaps, PORT.imapsProxy), tlsFirst: true },
    // Delivery comes this way too: Postfix bounces mail for a host whose name is gone, and a container's name goes with it.
    {
      name: "lmtp",
      side: "site",
      port: PORT.lmtp,
      ...maildrops(site, PORT.lmtp),
      idleMinutes: SMTP_IDLE_MINUTES,
      maxConnections: 100,
      busy,
    },
    imap(site, "imap", PORT.imap, PORT.imapProxy),
  ];
  return services.filter(({ name, side }) => side === "site" || name in offered);
}

/** Both ends of the link: what this site's own servers answer for the others, and what it asks of them. */
export function edgeLink(site: SiteContext, services: readonly EdgeService[]): Link {
  const ways = egressWays(site);
  const linked = services.filter(({ name }) => name !== "smtp");
  const all = linked.map((service) => ({
    name: service.name,
    idleMinutes: service.idleMinutes,
    endWhenUnhealthy: service.idleMinutes !== IMAP_IDLE_MINUTES,
    peers: service.peers,
  }));
  return {
    hostname: site.hostname,
    ingress: site.ingress,
    peers: site.peers.map((peer) => ({
      site: peer.site,
      hostname: peer.hostname,
      address: peer.ingress.v4,
      services: [...all.filter(({ peers }) => peers.includes(peer.site)), ...egressAsked(ways, peer.site)],
    })),
    served: [
      ...linked.flatMap((service): LinkService[] =>
        service.servers.map(({ name, address, port }) => ({
          name: service.name,
          address: `${address}:${port}`,
          health: { track: `${service.name}/${name}` },
          idleMinutes: service.idleMinutes,
        })),
      ),
      ...egressServed(site),
    ],
  };
}

type PostfixServer = Omit<EdgeServer, "name" | "address"> & { readonly role: Role };

const MX: PostfixServer = { role: "mx", port: PORT.smtpProxy, keeperPort: PORT.keeperMx, evenUnready: [] };
/** Postfix ends a session without a word when nobody answers for logins, so then the edge says it. */
const SUBMISSION = { role: "submission", keeperPort: PORT.keeperSubmission, evenUnready: ["login"] } as const;

function smtp(site: SiteContext, name: string, port: number, { role, ...server }: PostfixServer): EdgeService {
  return {
    name,
    side: "world",
    port,
    servers: site.roles.includes(role) && !site.closed ? [{ name: site.site, address: "127.0.0.1", ...server }] : [],
    peers: role === "mx" ? [] : peersWith(site, role),
    idleMinutes: SMTP_IDLE_MINUTES,
    maxConnections: 200,
  };
}

function imap(site: SiteContext, name: string, port: number, target: number): EdgeService {
  return {
    name,
    side: "world",
    port,
    ...maildrops(site, target),
    idleMinutes: IMAP_IDLE_MINUTES,
    // Below the 200 sessions that Dovecot takes, so that one too many waits at the edge rather than ends an older one.
    maxConnections: 180,
  };
}

function maildrops(site: SiteContext, port: number): Pick<EdgeService, "servers" | "peers"> {
  const own = {
    name: site.site,
    address: site.network.address.dovecot,
    port,
    keeperPort: PORT.keeper,
    evenUnready: undefined,
  };
  return { servers: site.roles.includes("maildrop") ? [own] : [], peers: peersWith(site, "maildrop") };
}

function peersWith(site: SiteContext, role: Role): string[] {
  return site.peers.filter(({ roles }) => roles.includes(role)).map((peer) => peer.site);
}
