/**
 * Mail that leaves by way of another site: Postfix hands it in at a port of the loopback, and the other site's Postfix takes it,
 * told of its client by a PROXY header that only sites can write. A site that does not answer is known by its health, and
 * Postfix hears 421 at once and takes its next way.
 */
import type { SiteContext } from "../../plan/context.ts";
import { sendingRoles, type SendingRole } from "../../plan/egress.ts";
import { PORT, viaPort } from "../../plan/ports.ts";
import { SMTP_IDLE_MINUTES } from "./idle.ts";
import { linkServer, linkSocket, type LinkService, type PeerService } from "./link.ts";

/** One of Postfix's ways to another site. */
export interface EgressWay {
  readonly site: string;
  /** The service's name on the link. */
  readonly service: string;
  readonly port: number;
  /** What is said when the other site does not answer. */
  readonly busy: string;
}

const MAX_CONNECTIONS = 100;
/** Postfix would wait for a greeting for five minutes. */
const GREETING_SECONDS = 15;

/** Each of the two Postfix workloads has a service of its own, for they tell senders different things about a message that waits. */
const serviceOf = (role: SendingRole): string => `egress-${role}`;

/** Where the other sites' mail is taken, and whose readiness counts. */
const SERVED = {
  mx: { port: PORT.smtpCarry, keeperPort: PORT.keeperMx },
  submission: { port: PORT.submissionCarry, keeperPort: PORT.keeperSubmission },
} as const;

/** The ways of a site to others. */
export function egressWays({ roles, waysOut, hostname }: SiteContext): EgressWay[] {
  return sendingRoles(roles).flatMap((role) =>
    waysOut.flatMap((way, place) =>
      way.kind === "via"
        ? [
            {
              site: way.site,
              service: serviceOf(role),
              port: viaPort(role, place),
              busy: `421 4.3.2 ${hostname} No way by ${way.site} now`,
            },
          ]
        : [],
    ),
  );
}

/** What a site asks of another over the link, for its ways there. */
export function egressAsked(ways: readonly EgressWay[], site: string): PeerService[] {
  return ways
    .filter((way) => way.site === site)
    .map(({ service }) => ({ name: service, idleMinutes: SMTP_IDLE_MINUTES, endWhenUnhealthy: true }));
}

/** What a site answers on the link to those whose mail leaves here, and to nobody else. */
export function egressServed({ roles, carriesFor }: SiteContext): LinkService[] {
  return sendingRoles(roles).flatMap((role): LinkService[] => {
    const clients = carriesFor.filter((other) => other.roles.includes(role)).map(({ hostname }) => hostname);
    const { port, keeperPort } = SERVED[role];
    const service = { name: serviceOf(role), address: `127.0.0.1:${port}`, health: { keeperPort }, clients };
    return clients.length === 0 ? [] : [{ ...service, idleMinutes: SMTP_IDLE_MINUTES }];
  });
}

/** The sections of haproxy.cfg for one way. */
export function egressSections({ site, service, port, busy }: EgressWay): string[] {
  const name = `${service}-${site}`;
  const nobody = `{ nbsrv(${name}) eq 0 }`;
  return [
    [
      `frontend ${name}`,
      `    bind 127.0.0.1:${port}`,
      `    maxconn ${MAX_CONNECTIONS}`,
      `    timeout client ${SMTP_IDLE_MINUTES}m`,
      `    tcp-request content set-var-fmt(txn.busy) "${busy}" if ${nobody}`,
      `    tcp-request content use-service lua.busy if ${nobody}`,
      `    default_backend ${name}`,
      "",
    ].join("\n"),
    [
      `backend ${name}`,
      `    timeout server ${SMTP_IDLE_MINUTES}m`,
      "    # A connection that was opened just when the other site died stays open, and silent.",
      `    tcp-response inspect-delay ${GREETING_SECONDS}s`,
      "    tcp-response content accept if { res.len gt 0 }",
      "    tcp-response content reject if WAIT_END",
      `    server ${site} ${linkSocket(site, service)} send-proxy-v2 track ${linkServer(site, service)}`,
      "",
    ].join("\n"),
  ];
}
