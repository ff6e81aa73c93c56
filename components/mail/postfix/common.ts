/** What both Postfix workloads are: their site, their name in the world, their limits, and what nobody may try there. */
import type { SiteContext } from "../../plan/context.ts";
import { concat } from "../../plan/text.ts";
import type { Section } from "./text.ts";

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
    // Nobody probes addresses here. With a sender for that, Postfix would take any mail for it, and it would come back.
    address_verify_sender: "<>",
  },
});

/** The domain that bare names get: the first hosted one, whose mail is signed. */
export const originDomain = (site: PostfixSite): string => site.domains[0] ?? site.hostname;
