/** What both Postfix workloads share: who they are, where mail goes, what they run. */
import { domainToUnicode } from "node:url";
import { DKIM_ALGORITHMS } from "../../dns/dkim.ts";
import { SIGNER } from "../../plan/dkim.ts";
import { PORT } from "../../plan/ports.ts";
import { concat } from "../../plan/text.ts";
import type { SiteContext } from "../../plan/context.ts";
import { type MilterSocket, RSPAMD_SOCKET, signerSocket } from "../shared-paths.ts";
import type { Section, Service } from "./text.ts";

/** What Postfix has to know of its site. */
export type PostfixSite = Pick<
  SiteContext,
  | "hostname"
  | "publicAddresses"
  | "egress"
  | "waysOut"
  | "carriesFor"
  | "domains"
  | "mail"
  | "srs"
  | "queue"
  | "outboundTls"
  | "signing"
>;

/** The filter, as Postfix reaches it. */
export const RSPAMD = `unix:${RSPAMD_SOCKET.file}`;

/** A signer. */
export interface Signer {
  /** Its workload's. */
  readonly name: string;
  readonly socket: MilterSocket;
  /** As Postfix reaches it. */
  readonly milter: string;
}

/**
 * Those who sign, in the order in which a message passes them. Each puts its signature on top of what is there, and the RSA
 * one comes last: whoever looks at the first signature alone, or stops at one that it does not know, finds that.
 */
export function signersOf({ signing }: Pick<SiteContext, "signing">): readonly Signer[] {
  const used = DKIM_ALGORITHMS.filter((one) => one === "rsa" || signing.some(({ algorithm }) => algorithm === one));
  return used.toReversed().map((algorithm) => {
    const socket = signerSocket(algorithm);
    return { name: SIGNER[algorithm].workload, socket, milter: `unix:${socket.file}` };
  });
}

/** Of a listener that only the keeper asks, every few seconds: it says nothing, because two lines each time hide the rest. */
export const QUIET = { maillog_file: "" } as const;

/**
 * Of a listener for clients. smtpd(8) remembers an address that could not be looked up for as long as it lives, and would go
 * on answering 451 for it after the directory is back: so it lives for few clients, and briefly without any. The other
 * services remember nothing, and starting each of them anew for every tenth message costs more than the message.
 */
export const BRIEF = { max_use: 10, max_idle: "5s" } as const;

/** Identity, logging and the limits of a small site. `name` tells the two workloads apart in logs. */
export function base(name: "mx" | "submission", site: PostfixSite): Section[] {
  const origin = originDomain(site);
  const { v4, v6 } = site.publicAddresses;
  return [
    {
      title:
        "Identity. Bare names get a hosted domain, so that <postmaster> (RFC 5321 section 4.5.1) is somebody\nand bounces come from a domain that is signed.",
      parameters: {
        compatibility_level: "3.10",
        myhostname: site.hostname,
        myorigin: origin,
        smtpd_banner: "$myhostname ESMTP",
        syslog_name: name,
        maillog_file: "/dev/stdout",
        maillog_file_prefixes: "/var, /dev",
        data_directory: "/var/lib/postfix",
        queue_directory: "/var/spool/postfix",
        enable_long_queue_ids: true,
        // A resolver that is down costs three seconds a question, so a sender hears 4xx before it gives up by itself.
        import_environment: [
          "MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ LANG=C POSTLOG_SERVICE POSTLOG_HOSTNAME",
          "{ RES_OPTIONS = timeout:3 attempts:1 }",
        ],
        inet_interfaces: "all",
        // The world's addresses of this site, also where they are translated on the way: mail for them is not sent out again.
        proxy_interfaces: { late: v6 === undefined ? v4 : concat(v4, ", ", v6) },
        inet_protocols: site.egress.v6 === undefined ? "ipv4" : "all",
        // Nobody is trusted for where it comes from; the loopback has the edge on it, which speaks for strangers.
        mynetworks: "",
        biff: false,
        append_dot_mydomain: false,
        parent_domain_matches_subdomains: "",
        smtputf8_enable: true,
        // An address that was not announced could be sent on raw to a server that cannot take it (RFC 6531 section 3.6).
        strict_smtputf8: true,
      },
    },
    {
      title: "Limits",
      parameters: {
        message_size_limit: site.mail.messageSizeBytes,
        // The two boxes below are never used, but Postfix will not start with one smaller than a message.
        mailbox_size_limit: 0,
        virtual_mailbox_limit: 0,
        default_process_limit: 30,
        // A daemon that ended early, as smtpd does while nobody answers for logins, is tried again soon.
        service_throttle_time: "5s",
        // What is longer would be cut off, and nobody told.
        header_size_limit: 1024 * 1024,
        recipient_delimiter: site.mail.recipientDelimiter,
        smtpd_client_connection_count_limit: site.mail.connectionsPerClient,
        smtpd_client_connection_rate_limit: site.mail.connectionsPerClientPerMinute,
        smtpd_client_message_rate_limit: site.mail.messagesPerClientPerMinute,
        // The keeper's probes.
        smtpd_client_event_limit_exceptions: "127.0.0.0/8, [::1]/128",
      },
    },
  ];
}

/** A table of the directory, by way of the edge, which answers "temporary" at once while the directory is away. */
export const lookup = (port: number): string => `tcp:127.0.0.1:${port}`;

/**
 * PostSRSd's table of rewritten senders, asked about what looks like one and nothing else: other mail goes on without
 * PostSRSd, and does not wait for it twice a message.
 */
function rewrittenSenders(domain: string): string {
  const ours = `/^(srs[01][-+=].*@${domain.replaceAll(".", "\\.")})$$/`;
  // A pipemap_table asks its second table about what the first one has answered. $$ is a $ that main.cf does not expand.
  return `pipemap:{ regexp:{ { ${ours} $$1 } }, ${lookup(PORT.srsReverse)} }`;
}

/** Hosted domains as they stand in DNS, and as SMTPUTF8 mail may spell them (RFC 6531 section 3.2). */
function hostedNames({ domains }: PostfixSite): readonly string[] {
  return [...new Set(domains.flatMap((name) => [name, domainToUnicode(name)]))];
}

/** Where mail of the hosted domains goes. Only `mailbox` addresses are delivered; nothing is local to the container. */
export function directory(site: PostfixSite): Section {
  const origin = originDomain(site);
  // The site's own name and address literals take mail for their postmaster (RFC 5321 section 4.5.1), and for whom one complains
  // to (RFC 2142 section 2), alone.
  const { v4, v6 } = site.publicAddresses;
  const literals = [concat("[", v4, "]"), ...(v6 === undefined ? [] : [concat("[IPv6:", v6, "]")])];
  // So does the domain of rewritten senders, whose other addresses are read by PostSRSd before.
  const names = [...(site.domains.includes(site.hostname) ? [] : [site.hostname]), site.srs.domain];
  const aliases = [...names, ...literals].flatMap((name, index) => [
    concat(index === 0 ? "" : ", ", "{postmaster@", name, ` = postmaster@${origin}}`),
    concat(", ", "{abuse@", name, ` = abuse@${origin}}`),
  ]);
  return {
    title:
      "Where mail goes. The directory answers for every address of the hosted domains; a failed lookup is 4xx.\nThe server has no users of its own.",
    parameters: {
      // From the settings, to which domains belong: asking the directory for them would make the queue wait for it.
      virtual_mailbox_domains: hostedNames(site),
      virtual_mailbox_maps: lookup(PORT.directoryMailbox),
      virtual_alias_domains: names.join(", "),
      virtual_alias_maps: [{ late: concat("inline:{ ", ...aliases, " }") }, lookup(PORT.directoryAlias)],
      // A rewritten sender that is not signed by us stays what it is, and is unknown: 550 before DATA.
      recipient_canonical_maps: rewrittenSenders(site.srs.domain),
      recipient_canonical_classes: "envelope_recipient",
      // The edge knows which maildrop is ready. A name here would be a bounce when it does not resolve for a moment.
      virtual_transport: `lmtp:inet:[127.0.0.1]:${PORT.lmtp}`,
      transport_maps: "inline:{ {discard.invalid = discard:} }",
      mydestination: "",
      relay_domains: "",
      local_transport: "error:5.1.1 There are no mailboxes on this host",
      // Without a table any name at an address literal of ours would be taken and bounced afterwards.
      local_recipient_maps: "inline:{ {none.invalid = none} }",
      alias_maps: "",
      alias_database: "",
      fast_flush_domains: "",
      lmtp_connect_timeout: "5s",
      // A connection that the edge took just when the maildrop's site died may stay silent; with Postfix's own five minutes
      // a few of those held up all deliveries.
      lmtp_lhlo_timeout: "15s",
      lmtp_mail_timeout: "30s",
      lmtp_rcpt_timeout: "30s",
      lmtp_data_init_timeout: "30s",
      // A long line stays what it is: a signature may be over it.
      lmtp_line_length_limit: 0,
    },
  };
}

/** Keywords that no server here tells who says EHLO. */
export const NOT_OFFERED = "etrn, silent-discard";

/**
 * No trick with `%`, `!` or a source route reaches another domain, and VRFY and ETRN tell nothing.
 *
 * @param notOffered keywords that EHLO does not tell
 */
export const strictness = (notOffered: string = NOT_OFFERED): Section => ({
  title: "No roundabout addresses, no smuggling (bare newlines are made whole before they can end a message)",
  parameters: {
    allow_percent_hack: false,
    swap_bangpath: false,
    allow_untrusted_routing: false,
    disable_vrfy_command: true,
    smtpd_discard_ehlo_keywords: notOffered,
    smtpd_etrn_restrictions: "reject",
    smtpd_helo_required: true,
    smtpd_forbid_bare_newline: "normalize",
    smtpd_forbid_unauth_pipelining: true,
    smtpd_reject_unlisted_recipient: true,
  },
});

/**
 * Postfix takes mail for the sender of its own probes, which there is no mailbox for: it would come back to whoever it claims to
 * be from.
 */
export function noProbes(site: PostfixSite): string {
  return `check_recipient_access inline:{ {double-bounce@${originDomain(site)} = 550 5.1.1 Recipient address rejected: User unknown} }`;
}

/** How a milter that is down or hangs is taken: the client hears 4xx before it gives up by itself. */
export const milters = (site: PostfixSite): Section => ({
  title: 'Milters. One that is away means "try again later", never unfiltered or unsigned mail.',
  parameters: {
    milter_default_action: "tempfail",
    milter_connect_timeout: "5s",
    milter_command_timeout: "10s",
    milter_content_timeout: "30s",
    // Bounces and other mail that is made here are signed as well.
    non_smtpd_milters: signersOf(site).map(({ milter }) => milter),
    internal_mail_filter_classes: "bounce, notify",
  },
});

/** Deliveries to other servers at once. */
export const SMTP_PROCESSES = 20;

/** Everything but the listeners. */
export const services: readonly Service[] = [
  { name: "pickup", type: "unix", private: false, wakeup: "60", processes: 1, command: "pickup" },
  { name: "cleanup", type: "unix", private: false, processes: 0, command: "cleanup" },
  // What is accepted in the moment of a reload waits for this: the old qmgr takes the news with it, and no new one is started.
  { name: "qmgr", type: "unix", private: false, wakeup: "10", processes: 1, command: "qmgr" },
  { name: "tlsmgr", type: "unix", wakeup: "1000?", processes: 1, command: "tlsmgr" },
  { name: "rewrite", type: "unix", command: "trivial-rewrite" },
  { name: "bounce", type: "unix", processes: 0, command: "bounce" },
  { name: "defer", type: "unix", processes: 0, command: "bounce" },
  { name: "trace", type: "unix", processes: 0, command: "bounce" },
  { name: "proxymap", type: "unix", command: "proxymap" },
  { name: "smtp", type: "unix", processes: SMTP_PROCESSES, command: "smtp" },
  { name: "lmtp", type: "unix", processes: 10, command: "lmtp" },
  { name: "error", type: "unix", command: "error" },
  { name: "retry", type: "unix", command: "error" },
  { name: "discard", type: "unix", command: "discard" },
  { name: "showq", type: "unix", private: false, command: "showq" },
  { name: "anvil", type: "unix", processes: 1, command: "anvil" },
  { name: "scache", type: "unix", processes: 1, command: "scache" },
  { name: "postlog", type: "unix-dgram", private: false, unprivileged: false, processes: 1, command: "postlogd" },
];

const originDomain = (site: PostfixSite): string => site.domains[0] ?? site.hostname;
