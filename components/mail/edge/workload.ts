/** The edge: the site's front door, HAProxy. It shares the network of `net`. */
import type { SiteContext } from "../../plan/context.ts";
import { UID } from "../../plan/ids.ts";
import { PORT, sitePorts } from "../../plan/ports.ts";
import { CONF } from "../../plan/workload.ts";
import type { Workload } from "../../plan/workload.ts";
import { rewritesSenders } from "../postsrsd/workload.ts";
import { renderEdge } from "./render.ts";
import type { EdgeServer, EdgeService } from "./render.ts";

/** Postfix hangs up after five minutes of silence; the edge waits longer, so that the client hears why. */
const SMTP_IDLE_MINUTES = 10;
/** IDLE is renewed every 29 minutes (RFC 2177), and Dovecot waits for 30. */
const IMAP_IDLE_MINUTES = 31;

/** What Postfix asks the directory. */
const LOOKUPS = [PORT.directoryDomain, PORT.directoryMailbox, PORT.directoryAlias, PORT.directorySender];

export function edgeWorkload(site: SiteContext): Workload {
  return {
    name: "edge",
    image: "haproxy",
    uid: UID.haproxy,
    network: { kind: "shared", with: "net" },
    files: renderEdge({
      ingress: site.ingress,
      services: edgeServices(site),
      directory: { host: "couchmail", ports: LOOKUPS },
      srs: rewritesSenders(site)
        ? { host: "postsrsd", forward: PORT.srsForward, reverse: PORT.srsReverse, domain: site.srs.domain }
        : undefined,
      sasl: { host: "dovecot", port: PORT.sasl },
      statusPort: PORT.edgeStatus,
    }),
    keeper: {
      command: ["haproxy", "-W", "-db", "-f", `${CONF}/haproxy.cfg`],
      check: [["haproxy", "-c", "-f", `${CONF}/haproxy.cfg`]],
      reload: { signal: "USR2" },
      probe: {
        intervalSeconds: 2,
        timeoutSeconds: 3,
        failures: 3,
        startSeconds: 10,
        checks: [{ kind: "http", name: "status", url: `http://127.0.0.1:${PORT.edgeStatus}/healthz`, status: 200 }],
      },
      requireAddresses: [site.ingress.v4],
      listen: `127.0.0.1:${PORT.keeperEdge}`,
    },
    volumes: [],
    scratch: [],
    capabilities: [],
    limits: { memoryMiB: 128, pids: 50 },
    publish: [],
    sysctls: {},
  };
}

/**
 * What a site answers: to the world what its roles say, and to its own daemons delivery. Further sites' servers become
 * backups behind the first.
 */
export function edgeServices(site: SiteContext): EdgeService[] {
  const busy = `421 4.3.2 ${site.hostname} Service not available, try again later`;
  const smtp = (name: string, port: number, server: Omit<EdgeServer, "name" | "address">): EdgeService => ({
    name,
    side: "world",
    port,
    servers: [{ name: site.site, address: "127.0.0.1", ...server }],
    idleMinutes: SMTP_IDLE_MINUTES,
    maxConnections: 200,
  });
  const maildrop = (port: number): EdgeServer => ({
    name: site.site,
    address: "dovecot",
    port,
    keeperPort: PORT.keeper,
    evenUnready: undefined,
  });
  const imap = (name: string, port: number, target: number): EdgeService => ({
    name,
    side: "world",
    port,
    servers: [maildrop(target)],
    idleMinutes: IMAP_IDLE_MINUTES,
    // Below the 200 sessions that Dovecot takes, so that one too many waits at the edge rather than ends an older one.
    maxConnections: 180,
  });
  // Postfix ends a session without a word when nobody answers for logins, so then the edge says it.
  const submission = { keeperPort: PORT.keeperSubmission, evenUnready: ["login"] };
  const offered = sitePorts(site.roles, site.imap143);
  const services: EdgeService[] = [
    { ...smtp("smtp", PORT.smtp, { port: PORT.smtpProxy, keeperPort: PORT.keeperMx, evenUnready: [] }), busy },
    { ...smtp("submission", PORT.submission, { port: PORT.submissionProxy, ...submission }), busy },
    // No word before TLS on this one: a client sees a closed connection.
    smtp("submissions", PORT.submissions, { port: PORT.submissionsProxy, ...submission }),
    imap("imaps", PORT.imaps, PORT.imapsProxy),
    // Delivery comes this way too: Postfix bounces mail for a host whose name is gone, and a container's name goes with it.
    {
      name: "lmtp",
      side: "site",
      port: PORT.lmtp,
      servers: [maildrop(PORT.lmtp)],
      idleMinutes: SMTP_IDLE_MINUTES,
      maxConnections: 100,
      busy,
    },
    imap("imap", PORT.imap, PORT.imapProxy),
  ];
  return services.filter(({ name, side }) => side === "site" || name in offered);
}
