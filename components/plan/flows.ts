/**
 * Every connection that a site allows. The policy packs do not read this table, they hold their own, so that a slip here
 * cannot approve itself.
 */
import type { DkimAlgorithm } from "../dns/dkim.ts";
import type { Proof } from "./context.ts";
import { SIGNER } from "./dkim.ts";
import type { WayOut } from "./egress.ts";
import { PORT, viaPort } from "./ports.ts";
import type { Flow, Peer } from "./types.ts";

const INTERNET: Peer = { world: "internet" };
const SITES: Peer = { world: "sites" };

function workload(name: string): Peer {
  return { workload: name };
}

function tcp(from: Peer, to: Peer, port: number, why: string): Flow {
  return { from, to, port, protocol: "tcp", why };
}

/** What of a stack decides which connections there are. */
export interface FlowsArgs {
  /** Offer IMAP with STARTTLS on port 143 too. */
  readonly imap143: boolean;
  /** Whether there are several sites, and so a link between them. */
  readonly linked: boolean;
  /** The ways out of each site. */
  readonly waysOut: readonly (readonly WayOut[])[];
  /** Port of the ACME directory. */
  readonly acmePort: number | undefined;
  /** How sites prove to it that names are ours. */
  readonly proof: Proof["by"] | undefined;
  /** Kinds of DKIM keys that sign. */
  readonly signers: readonly DkimAlgorithm[];
}

/** What Postfix, and the keeper beside it, ask the directory, tcp_table(5). */
const LOOKUPS = [
  { port: PORT.directoryDomain, why: "whether the directory answers, and which domains are hosted" },
  { port: PORT.directoryMailbox, why: "which mailboxes exist" },
  { port: PORT.directoryAlias, why: "aliases" },
  { port: PORT.directorySender, why: "which senders a login may use" },
];

const PROOF_OVER_HTTP = "the same, redirected to HTTPS, and proof of control for certificates (HTTP-01)";

/** The flows of a system. */
export function flows(args: FlowsArgs): readonly Flow[] {
  const [edge, mx, submission] = [workload("edge"), workload("mx"), workload("submission")];
  const [dovecot, couchmail, unbound] = [workload("dovecot"), workload("couchmail"), workload("unbound")];
  const [rspamd, postsrsd, valkey, certs] = [
    workload("rspamd"),
    workload("postsrsd"),
    workload("valkey"),
    workload("certs"),
  ];
  const postfix = [mx, submission];
  const signers = args.signers.map((algorithm) => ({ to: workload(SIGNER[algorithm].workload), ...SIGNER[algorithm] }));
  return [
    tcp(INTERNET, edge, PORT.smtp, "inbound mail delivery"),
    tcp(INTERNET, edge, PORT.submission, "mail submission with STARTTLS"),
    tcp(INTERNET, edge, PORT.submissions, "mail submission with TLS from the start (RFC 8314)"),
    tcp(INTERNET, edge, PORT.imaps, "mail programs reading mail"),
    ...(args.imap143 ? [tcp(INTERNET, edge, PORT.imap, "mail programs reading mail, STARTTLS")] : []),
    tcp(INTERNET, edge, PORT.https, "MTA-STS policies, and settings for mail programs"),
    tcp(INTERNET, edge, PORT.http, args.proof === "http" ? PROOF_OVER_HTTP : "the same, redirected to HTTPS"),

    ...(args.linked
      ? [
          tcp(SITES, edge, PORT.link, "the link between sites, mutual TLS"),
          tcp(edge, SITES, PORT.link, "the link between sites, mutual TLS"),
        ]
      : []),

    tcp(edge, mx, PORT.smtpProxy, "inbound mail with the client's address"),
    tcp(edge, submission, PORT.submissionProxy, "submission with the client's address"),
    tcp(edge, submission, PORT.submissionsProxy, "submission with the client's address"),
    tcp(edge, dovecot, PORT.imapsProxy, "IMAP with the client's address"),
    ...(args.imap143 ? [tcp(edge, dovecot, PORT.imapProxy, "IMAP with the client's address")] : []),
    tcp(edge, dovecot, PORT.lmtp, "delivery into mailboxes, for Postfix"),
    ...LOOKUPS.map(({ port, why }) => tcp(edge, couchmail, port, `${why}, for Postfix`)),
    tcp(edge, mx, PORT.keeperMx, "readiness"),
    tcp(edge, submission, PORT.keeperSubmission, "readiness"),
    tcp(edge, dovecot, PORT.keeper, "readiness"),
    tcp(submission, rspamd, PORT.keeper, "readiness"),

    // Within the network that they share with the edge: it knows who can answer, and says so when nobody can.
    ...postfix.flatMap((from) => [
      ...LOOKUPS.map(({ port, why }) => tcp(from, edge, port, why)),
      tcp(from, edge, PORT.lmtp, "delivery into mailboxes"),
      tcp(from, rspamd, PORT.rspamdMilter, "filter"),
      ...signers.map(({ to, port }) => tcp(from, to, port, "signature")),
      tcp(from, INTERNET, PORT.smtp, "outbound mail"),
    ]),
    ...egressFlows(args.waysOut),
    tcp(mx, edge, PORT.srsForward, "senders of forwarded mail"),
    ...postfix.map((from) => tcp(from, edge, PORT.srsReverse, "bounces for such senders")),
    tcp(edge, postsrsd, PORT.srsForward, "senders of forwarded mail, for Postfix"),
    tcp(edge, postsrsd, PORT.srsReverse, "bounces for such senders, for Postfix"),
    tcp(submission, edge, PORT.sasl, "who logs in"),
    tcp(edge, dovecot, PORT.sasl, "who logs in"),
    tcp(dovecot, couchmail, PORT.directoryHttp, "users and their password hashes"),
    tcp(rspamd, couchmail, PORT.directoryHttp, "whether a login may use a From address"),
    tcp(rspamd, valkey, PORT.valkey, "filter's memory"),

    ...[edge, mx, submission, dovecot, couchmail, rspamd, ...signers.map(({ to }) => to), valkey, certs].flatMap(
      (from): Flow[] => [
        { from, to: unbound, port: PORT.dns, protocol: "udp", why: "names" },
        { from, to: unbound, port: PORT.dns, protocol: "tcp", why: "names, long answers" },
      ],
    ),
    { from: unbound, to: INTERNET, port: PORT.dns, protocol: "udp", why: "names" },
    { from: unbound, to: INTERNET, port: PORT.dns, protocol: "tcp", why: "names, long answers" },
    ...(args.acmePort === undefined ? [] : [tcp(certs, INTERNET, args.acmePort, "certificates")]),
    ...(args.proof === undefined || args.proof === "http"
      ? []
      : [tcp(certs, INTERNET, PORT.dns, "proof of control for certificates (DNS-01)")]),
  ];
}

/** What leaves by way of other sites and of relays. */
function egressFlows(waysOut: FlowsArgs["waysOut"]): readonly Flow[] {
  const [edge, mx, submission] = [workload("edge"), workload("mx"), workload("submission")];
  const places = waysOut.flatMap((ways) => ways.flatMap(({ kind }, place) => (kind === "via" ? [place] : [])));
  const relays = waysOut.flatMap((ways) => ways.flatMap((way) => (way.kind === "relay" ? [way.relay.port] : [])));
  const once = (ports: readonly number[]): number[] => [...new Set(ports)];
  return [
    ...(places.length === 0
      ? []
      : [
          tcp(edge, mx, PORT.smtpCarry, "other sites' mail that leaves here"),
          tcp(edge, submission, PORT.submissionCarry, "other sites' mail that leaves here"),
        ]),
    ...once(places).flatMap((place) => [
      tcp(mx, edge, viaPort("mx", place), "mail that leaves at another site"),
      tcp(submission, edge, viaPort("submission", place), "mail that leaves at another site"),
    ]),
    ...once(relays)
      // Mail servers are reached at this one as it is.
      .filter((port) => port !== PORT.smtp)
      .flatMap((port) => [mx, submission].map((from) => tcp(from, INTERNET, port, "outbound mail by way of a relay"))),
  ];
}
