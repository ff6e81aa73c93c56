/** The MX: takes mail for the hosted domains from anyone, relays for nobody. */
import { PORT } from "../../plan/ports.ts";
import type { Text } from "../../plan/text.ts";
import { forwardParameters, forwardServices } from "./forward.ts";
import { blocklistParameters, blocklistRestrictions, withBlocklistKeys, type Blocklist } from "./blocklists.ts";
import { base, NOT_OFFERED, strictness } from "./common.ts";
import { directory } from "./directory.ts";
import { milters, RSPAMD } from "./milters.ts";
import { BRIEF, QUIET, services } from "./services.ts";
import type { PostfixSite } from "./common.ts";
import { exitParameters, exitServices, exitTransport, relayPasswords } from "./egress.ts";
import { mxQueue } from "./queue.ts";
import { smtpClient, tlsServer } from "./tls.ts";
import { mainCf, masterCf } from "./text.ts";
import type { Section } from "./text.ts";

type MxFiles = Readonly<Record<string, Text>> & { readonly "main.cf": Text; readonly "master.cf": string };

/** The same, with what the MX asks about its clients. */
export interface MxSite extends PostfixSite {
  readonly blocklists: readonly Blocklist[];
}

/** main.cf and master.cf of the MX, and its logins at relays. The first is a secret where the key of a blocklist is in it. */
export function renderMx(site: MxSite): MxFiles {
  return {
    ...relayPasswords(site),
    "main.cf": withBlocklistKeys(
      mainCf([
        ...base("mx", site),
        directory(site),
        // A stranger could have reports of success sent to somebody else, with the filter's findings in them.
        strictness(`dsn, ${NOT_OFFERED}`),
        restrictions(site),
        tlsServer,
        {
          title: "Encryption is offered, not demanded (RFC 3207 section 4); there is no login here.",
          parameters: {
            smtpd_tls_security_level: "may",
            smtpd_tls_received_header: true,
            smtpd_sasl_auth_enable: false,
          },
        },
        smtpClient("mx", site),
        exitParameters("mx", site),
        forwardParameters,
        milters(site),
        { title: "rspamd sees every message from outside.", parameters: { smtpd_milters: RSPAMD } },
        mxQueue(site.queue),
      ]),
    ),
    "master.cf": masterCf([
      {
        name: `127.0.0.1:${PORT.smtpProxy}`,
        type: "inet",
        private: false,
        command: "smtpd",
        options: { ...BRIEF, smtpd_upstream_proxy_protocol: "haproxy" },
      },
      {
        // For the keeper's probe alone: a filter that is down must not look like a Postfix that is down, and no mail
        // may come in past the filter.
        name: `127.0.0.1:${PORT.smtpLocal}`,
        type: "inet",
        private: false,
        processes: 5,
        command: "smtpd",
        options: { ...QUIET, smtpd_milters: "", smtpd_client_restrictions: "reject" },
      },
      ...forwardServices(exitTransport("mx", site)),
      ...exitServices("mx", site),
      ...services,
    ]),
  };
}

/**
 * Other servers refuse more. What would refuse honest mail, or decide nothing here, is left out:
 *
 * - a HELO name must be well-formed, but need not be fully qualified or resolve: RFC 5321 section 4.1.4 forbids refusing
 *   mail for that, and much honest equipment says its short name. rspamd scores it.
 * - recipients' domains are not looked up: only hosted ones get that far.
 * - a sender in a hosted domain is not refused here, known or not: SPF and DMARC judge that, in rspamd, and the domain's
 *   owner may well let a newsletter service send for it.
 * - a sender's domain that does not exist is 450, so a passing fault of DNS costs a delay and no mail.
 */
function restrictions({ blocklists, ...site }: MxSite): Section {
  return {
    title: "Who may send what. All of it is said at RCPT, so that the log has sender and recipient.",
    parameters: {
      smtpd_delay_reject: true,
      smtpd_helo_restrictions: "reject_invalid_helo_hostname",
      smtpd_sender_restrictions: "reject_non_fqdn_sender, reject_unknown_sender_domain",
      smtpd_relay_restrictions: "reject_unauth_destination",
      smtpd_recipient_restrictions: [
        "reject_non_fqdn_recipient",
        `check_recipient_access regexp:{ { /^srs[01][-+=].*@${site.srs.domain.replaceAll(".", "\\.")}$$/ rewritten_sender } }`,
        "reject_unlisted_recipient",
        ...blocklistRestrictions(blocklists),
        "permit",
      ],
      // A rewritten sender is there to hear what became of its message (RFC 5321 section 4.5.5); to anybody else it would be a
      // way to the sender behind it, under our name and seal.
      smtpd_restriction_classes: "rewritten_sender",
      rewritten_sender:
        "check_sender_access regexp:{ { /^[^<]/ 550 5.7.1 This address takes notices about forwarded mail alone } }",
      ...blocklistParameters(blocklists),
      // Without a resolver each list would take its three seconds after that, and the sender waits for them all.
      unknown_address_tempfail_action: "defer",
      smtpd_data_restrictions: "reject_unauth_pipelining",
    },
  };
}
