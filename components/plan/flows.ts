/**
 * Every connection that a site allows. Rows of the seeds keep their ports; the policy packs do not read this table,
 * they hold their own, so that a slip here cannot approve itself.
 */
import { PORT } from "./ports.ts";
import type { Flow, Peer } from "./types.ts";

const INTERNET: Peer = { world: "internet" };

function workload(name: string): Peer {
  return { workload: name };
}

function tcp(from: Peer, to: Peer, port: number, why: string): Flow {
  return { from, to, port, protocol: "tcp", why };
}

/** The flows of a system, with or without IMAP on port 143. */
export function flows(args: { readonly imap143: boolean }): readonly Flow[] {
  const [edge, mx, submission] = [workload("edge"), workload("mx"), workload("submission")];
  const [dovecot, couchmail, unbound] = [workload("dovecot"), workload("couchmail"), workload("unbound")];
  const [rspamd, opendkim, valkey, certs] = [
    workload("rspamd"),
    workload("opendkim"),
    workload("valkey"),
    workload("certs"),
  ];
  const postfix = [mx, submission];
  return [
    tcp(INTERNET, edge, PORT.smtp, "inbound mail delivery"),
    tcp(INTERNET, edge, PORT.submission, "mail submission with STARTTLS"),
    tcp(INTERNET, edge, PORT.submissions, "mail submission with TLS from the start (RFC 8314)"),
    tcp(INTERNET, edge, PORT.imaps, "mail programs reading mail"),
    ...(args.imap143 ? [tcp(INTERNET, edge, PORT.imap, "mail programs reading mail, STARTTLS")] : []),

    tcp(edge, mx, PORT.smtpProxy, "inbound mail with the client's address"),
    tcp(edge, submission, PORT.submissionProxy, "submission with the client's address"),
    tcp(edge, submission, PORT.submissionsProxy, "submission with the client's address"),
    tcp(edge, dovecot, PORT.imapsProxy, "IMAP with the client's address"),
    ...(args.imap143 ? [tcp(edge, dovecot, PORT.imapProxy, "IMAP with the client's address")] : []),
    tcp(edge, dovecot, PORT.keeper, "readiness"),

    ...postfix.flatMap((from) => [
      tcp(from, couchmail, PORT.directoryDomain, "which domains are hosted"),
      tcp(from, couchmail, PORT.directoryMailbox, "which mailboxes exist"),
      tcp(from, couchmail, PORT.directoryAlias, "aliases"),
      tcp(from, dovecot, PORT.lmtp, "delivery into mailboxes"),
      tcp(from, rspamd, PORT.rspamdMilter, "filter"),
      tcp(from, opendkim, PORT.opendkimMilter, "signature"),
      tcp(from, INTERNET, PORT.smtp, "outbound mail"),
    ]),
    tcp(submission, couchmail, PORT.directorySender, "which senders a login may use"),
    tcp(submission, dovecot, PORT.sasl, "who logs in"),
    tcp(dovecot, couchmail, PORT.directoryHttp, "users and their password hashes"),
    tcp(rspamd, couchmail, PORT.directoryHttp, "whether a login may use a From address"),
    tcp(rspamd, valkey, PORT.valkey, "filter's memory"),

    ...[mx, submission, rspamd, opendkim].flatMap((from): Flow[] => [
      { from, to: unbound, port: PORT.dns, protocol: "udp", why: "names" },
      { from, to: unbound, port: PORT.dns, protocol: "tcp", why: "names, long answers" },
    ]),
    { from: unbound, to: INTERNET, port: PORT.dns, protocol: "udp", why: "names" },
    { from: unbound, to: INTERNET, port: PORT.dns, protocol: "tcp", why: "names, long answers" },
    tcp(certs, INTERNET, 443, "certificates"),
    tcp(certs, INTERNET, PORT.dns, "proof of control for certificates (DNS-01)"),
  ];
}
