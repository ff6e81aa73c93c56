/**
 * What the MX sends on, it hands to itself first.
 *
 * The message then has a queue entry of its own, for the recipients elsewhere alone, and that one gets the rewritten
 * sender and the seal. A `sender_canonical_maps` of the whole server would do the first as well, but to mailboxes too:
 * their mail would lose its Return-Path, and a reply to it would make a round through the rewriting.
 */
import { PORT } from "../../plan/ports.ts";
import { NOT_OFFERED } from "./common.ts";
import { lookup } from "./directory.ts";
import { RSPAMD } from "./milters.ts";
import { BRIEF } from "./services.ts";
import type { Section, Service } from "./text.ts";

/** Only from the loopback, which the edge does not lead strangers to. */
const FROM_HERE = "$forward_client_restrictions";

/** Settings of the whole server. */
export const forwardParameters: Section = {
  title:
    "What is sent on goes round once: an entry of its own, with a rewritten sender (SRS) and a seal (ARC). Bounces have no\nsender to rewrite and notices our own: they leave at once.",
  parameters: {
    default_transport: `forward:[127.0.0.1]:${PORT.smtpForward}`,
    sender_dependent_default_transport_maps: "inline:{ {<> = smtp:}, {double-bounce@$myhostname = smtp:} }",
    forward_client_restrictions: "check_client_access inline:{ {127.0.0.1 = permit} }, reject",
  },
};

/**
 * The way to ourselves: the client that goes it, the server that answers, and what rewrites.
 *
 * @param exit the transport by which a message leaves afterwards
 */
export const forwardServices = (exit: string): readonly Service[] => [
  {
    name: "forward",
    type: "unix",
    processes: 10,
    command: "smtp",
    options: {
      syslog_name: "mx/forward",
      smtp_bind_address: "127.0.0.1",
      smtp_bind_address6: "",
      smtp_tls_security_level: "none",
      // Where this does not take it now, nothing else may: it would leave without the rewriting and the seal.
      smtp_fallback_relay: "",
    },
  },
  {
    name: `127.0.0.1:${PORT.smtpForward}`,
    type: "inet",
    private: false,
    processes: 10,
    command: "smtpd",
    options: {
      ...BRIEF,
      syslog_name: "mx/forward",
      smtpd_client_restrictions: FROM_HERE,
      smtpd_relay_restrictions: FROM_HERE,
      // All of it was looked at when the message came in.
      smtpd_helo_restrictions: "",
      smtpd_sender_restrictions: "",
      smtpd_recipient_restrictions: "",
      smtpd_data_restrictions: "",
      smtpd_reject_unlisted_recipient: false,
      smtpd_tls_security_level: "none",
      // Who asked for reports, a user or this server, is to have them.
      smtpd_discard_ehlo_keywords: NOT_OFFERED,
      // The queue entry waits and is tried again; the postmaster need not read of each time.
      notify_classes: "",
      // A filter's header must not make a message too large that was taken.
      message_size_limit: 0,
      // The header is not ours to mend: the sender signed it.
      local_header_rewrite_clients: "",
      // The seal.
      smtpd_milters: RSPAMD,
      cleanup_service_name: "forward-cleanup",
      // This time it leaves.
      content_filter: exit,
    },
  },
  {
    name: "forward-cleanup",
    type: "unix",
    private: false,
    processes: 0,
    command: "cleanup",
    options: {
      syslog_name: "mx/forward",
      message_size_limit: 0,
      sender_canonical_maps: lookup(PORT.srsForward),
      sender_canonical_classes: "envelope_sender",
      recipient_canonical_maps: "",
      virtual_alias_maps: "",
    },
  },
];
