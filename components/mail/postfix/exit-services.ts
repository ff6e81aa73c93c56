/** Services that take a message once more on its way out, and leave it as it is: it was looked at when it came in. */
import type { SendingRole } from "../../plan/egress.ts";
import { NOT_OFFERED } from "./common.ts";
import type { Service } from "./text.ts";

/** @param clients who may use it: `carry` are other sites, `direct` is this Postfix itself */
export function exitListener(
  role: SendingRole,
  port: number,
  clients: "carry" | "direct",
  options: Readonly<Record<string, string>>,
): Service {
  const from = `$${clients}_client_restrictions`;
  return {
    name: `127.0.0.1:${port}`,
    type: "inet",
    private: false,
    command: "smtpd",
    options: {
      syslog_name: `${role}/${clients}`,
      smtpd_client_restrictions: from,
      smtpd_relay_restrictions: from,
      // All of it was looked at when the message came in, here or at the other site.
      smtpd_helo_restrictions: "",
      smtpd_sender_restrictions: "",
      smtpd_recipient_restrictions: "",
      smtpd_data_restrictions: "",
      smtpd_reject_unlisted_recipient: false,
      smtpd_milters: "",
      smtpd_discard_ehlo_keywords: NOT_OFFERED,
      smtpd_sasl_auth_enable: false,
      smtpd_tls_security_level: "none",
      notify_classes: "",
      smtpd_client_connection_count_limit: 0,
      smtpd_client_connection_rate_limit: 0,
      smtpd_client_message_rate_limit: 0,
      // Trace lines that are added must not make a message too large that was taken.
      message_size_limit: 0,
      // The header is not ours to mend: it is signed.
      local_header_rewrite_clients: "",
      smtpd_hide_client_session: false,
      cleanup_service_name: "exit-cleanup",
      ...options,
    },
  };
}

/** Changes neither addresses nor header. */
export function exitCleanup(role: SendingRole): Service {
  return {
    name: "exit-cleanup",
    type: "unix",
    private: false,
    processes: 0,
    command: "cleanup",
    options: {
      syslog_name: `${role}/exit`,
      message_size_limit: 0,
      recipient_canonical_maps: "",
      virtual_alias_maps: "",
      header_checks: "",
      always_add_missing_headers: false,
    },
  };
}
