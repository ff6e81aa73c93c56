/** Submission (RFC 6409): users and machines send, after TLS and a login, under their own addresses only. */
import { PORT } from "../../plan/ports.ts";
import { CONF } from "../../plan/workload.ts";
import { base, strictness } from "./common.ts";
import { directory, lookup } from "./directory.ts";
import { milters, RSPAMD, signersOf } from "./milters.ts";
import { BRIEF, QUIET, services } from "./services.ts";
import type { PostfixSite } from "./common.ts";
import { exitParameters, exitServices, relayPasswords } from "./egress.ts";
import { submissionHeaders } from "./headers.ts";
import { bounceTemplates } from "./notices.ts";
import { submissionQueue } from "./queue.ts";
import { smtpClient, tlsServer } from "./tls.ts";
import { mainCf, masterCf } from "./text.ts";
import type { Section } from "./text.ts";

/** main.cf, master.cf, the header table, the notices and the logins at relays of the submission server. */
export function renderSubmission(site: PostfixSite) {
  return {
    "main.cf": mainCf([
      ...base("submission", site),
      directory(site),
      strictness(),
      login,
      restrictions,
      recipientsAtOnce(site),
      privacy,
      tlsServer,
      { title: "Nothing but STARTTLS before TLS.", parameters: { smtpd_tls_security_level: "encrypt" } },
      smtpClient("submission", site),
      exitParameters("submission", site),
      milters(site),
      {
        title: "OpenDKIM signs first; rspamd comes second because its rule is the last guard against unsigned mail.",
        parameters: {
          smtpd_milters: [...signersOf(site).map(({ milter }) => milter), RSPAMD],
          milter_macro_daemon_name: "ORIGINATING",
        },
      },
      submissionQueue(site.queue),
    ]),
    "master.cf": masterCf([
      {
        name: `127.0.0.1:${PORT.submissionProxy}`,
        type: "inet",
        private: false,
        command: "smtpd",
        options: { ...BRIEF, smtpd_upstream_proxy_protocol: "haproxy" },
      },
      {
        name: `127.0.0.1:${PORT.submissionsProxy}`,
        type: "inet",
        private: false,
        command: "smtpd",
        options: { ...BRIEF, smtpd_upstream_proxy_protocol: "haproxy", smtpd_tls_wrappermode: true },
      },
      {
        // For the keeper's probe alone: a filter, signer or login service that is down must not look like a Postfix that
        // is down, and no mail may come in past them.
        name: `127.0.0.1:${PORT.submissionLocal}`,
        type: "inet",
        private: false,
        processes: 5,
        command: "smtpd",
        options: { ...QUIET, smtpd_milters: "", smtpd_sasl_auth_enable: false, smtpd_client_restrictions: "reject" },
      },
      ...exitServices("submission", site),
      ...services,
    ]),
    "headers.regexp": submissionHeaders(site.hostname),
    "bounce.cf": bounceTemplates(site.queue),
    ...relayPasswords(site),
  } as const;
}

/**
 * Guessing passwords is slow: Dovecot delays each wrong one, and a client has few tries a minute. Postfix's own error
 * limits stay as they are, because they would punish a user who misspells recipients as well.
 */
const login: Section = {
  title: "Login, by Dovecot, which delays a wrong password. A client may try as often as it may connect.",
  parameters: {
    smtpd_sasl_auth_enable: true,
    smtpd_sasl_type: "dovecot",
    smtpd_sasl_path: `inet:127.0.0.1:${PORT.sasl}`,
    smtpd_sasl_security_options: "noanonymous",
    smtpd_sasl_tls_security_options: "noanonymous",
    smtpd_client_auth_rate_limit: "$smtpd_client_connection_rate_limit",
  },
};

/**
 * An empty sender is allowed after a login: read receipts must have one (RFC 8098 section 3), Postfix looks up no owner
 * for it, and what the message says in `From:` is compared with the login by rspamd all the same.
 */
const restrictions: Section = {
  title: "Who may send what: only with a login, only as an address of that login.",
  parameters: {
    smtpd_delay_reject: true,
    smtpd_client_restrictions:
      "permit_sasl_authenticated, check_client_access static:{530 5.7.0 Authentication required}",
    smtpd_sender_login_maps: lookup(PORT.directorySender),
    smtpd_sender_restrictions: "reject_non_fqdn_sender, reject_sender_login_mismatch",
    smtpd_relay_restrictions: "permit_sasl_authenticated, reject",
    smtpd_recipient_restrictions: [
      "reject_non_fqdn_recipient",
      "reject_unknown_recipient_domain",
      "reject_unlisted_recipient",
      "permit_sasl_authenticated",
      "reject",
    ],
    // A misspelt domain is said at once and for good; a fault of DNS stays 4xx.
    unknown_address_reject_code: 550,
    smtpd_data_restrictions: "reject_unauth_pipelining",
  },
};

/** What one message may have by Postfix's own default; more than a user has in a day could never pass the filter. */
const RECIPIENTS_OF_A_MESSAGE = 1000;

const recipientsAtOnce = (site: PostfixSite): Section => ({
  title: "One message goes to no more people than its sender may write to in a day, which the filter counts.",
  parameters: { smtpd_recipient_limit: Math.min(RECIPIENTS_OF_A_MESSAGE, site.mail.recipientsPerUserPerDay) },
});

const privacy: Section = {
  title:
    "What the far side need not know: where the user was, and with what program. Attached messages stay as they are.",
  parameters: {
    smtpd_hide_client_session: true,
    smtpd_sasl_authenticated_header: false,
    header_checks: `regexp:${CONF}/headers.regexp`,
    mime_header_checks: "",
    nested_header_checks: "",
    always_add_missing_headers: true,
  },
};
