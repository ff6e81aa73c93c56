/**
 * Every port in one place. Numbers are IANA's, or what the daemon's manual shows, so that whoever knows it finds it there;
 * where there is neither, mailkeep's own.
 */
import type { SendingRole } from "./egress.ts";
import type { Role } from "./types.ts";

/** Ports by the names of their services; `dns` alone is UDP too. */
export const PORT = {
  smtp: 25,
  submissions: 465,
  submission: 587,
  imaps: 993,
  imap: 143,
  https: 443,
  http: 80,
  dns: 53,

  /** Lookups by Postfix, tcp_table(5). */
  directoryDomain: 40571,
  directoryMailbox: 40572,
  directoryAlias: 40573,
  /** HTTP: Dovecot's passdb and userdb, and the REST interface. */
  directoryHttp: 40574,
  /** Which logins may use a sender address. */
  directorySender: 40575,

  /** The link between sites, with mutual TLS: the one port that a site opens for the others. */
  link: 4433,
  /** Senders of forwarded mail, tcp_table(5): to rewritten ones, and back. */
  srsForward: 10001,
  srsReverse: 10002,

  sasl: 12345,
  lmtp: 2424,
  rspamdMilter: 11332,
  /** rspamd's health and figures; only on the loopback of its container. */
  rspamdController: 11334,
  opendkimMilter: 8891,
  opendkimEd25519Milter: 8892,
  valkey: 6379,

  /** Dovecot's IMAP listeners that expect a PROXY header from the edge. */
  imapsProxy: 10993,
  imapProxy: 10143,

  /** Postfix listeners inside the shared network of a site: with a PROXY header from the edge, and plain for local use. */
  smtpProxy: 10025,
  smtpLocal: 11025,
  /** Where the MX hands itself what it forwards. */
  smtpForward: 11026,
  /** Where they take what other sites send by way of this one: with a PROXY header from the edge, from the link alone. */
  smtpCarry: 10026,
  submissionCarry: 10588,
  /** Where they hand themselves what leaves directly after other ways have failed: their own mail, and other sites'. */
  smtpDirect: 11027,
  smtpCarryDirect: 11028,
  submissionDirect: 11588,
  submissionCarryDirect: 11589,
  /** The edge's ways to other sites for what leaves there: the first of as many ports as there may be ways. */
  smtpVia: 10600,
  submissionVia: 10620,
  submissionProxy: 10587,
  submissionLocal: 11587,
  submissionsProxy: 10465,

  /** The keeper's HTTP port, and those of the workloads that share the network of `net`. */
  keeper: 9100,
  keeperEdge: 9101,
  keeperMx: 9102,
  keeperSubmission: 9103,
  /** HAProxy's health and metrics, on the loopback. */
  edgeStatus: 8405,

  acme: 14000,
  acmeManagement: 15000,
} as const;

/** The port of the edge that leads to another site, for what leaves there, by the way's place in the list. */
export function viaPort(role: SendingRole, place: number): number {
  return (role === "mx" ? PORT.smtpVia : PORT.submissionVia) + place;
}

/**
 * What a site with these roles offers to the world: ports by the names of the edge's services. Mail programs find the same
 * services at every site that they are sent to, by way of the link where another site has the role.
 */
export function sitePorts(roles: readonly Role[], imap143: boolean): Readonly<Record<string, number>> {
  const { smtp, submissions, submission, imaps, imap } = PORT;
  return {
    ...(roles.includes("mx") ? { smtp } : {}),
    ...(servesClients(roles) ? { submissions, submission, imaps, ...(imap143 ? { imap } : {}) } : {}),
  };
}

/** What any site offers beside mail: HTTPS, and a redirection from plain HTTP. */
export const WEB_PORTS = { https: PORT.https, http: PORT.http } as const;

/** Whether mail programs are sent to a site with these roles. */
export function servesClients(roles: readonly Role[]): boolean {
  return roles.includes("submission") || roles.includes("maildrop");
}
