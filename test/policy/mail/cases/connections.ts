/** Cases for the rules about connections: how they are encrypted, when a login is offered, who may connect. */
import type { RuleCases } from "../../../support/rule-cases.ts";
import { all, type Change, inFile } from "../../../support/slips.ts";
import { main, master, unknownFile } from "../slips.ts";

const dovecot = (from: string | RegExp, to: string) => inFile("alpha", "dovecot", "dovecot.conf", from, to);
const haproxy = (from: string | RegExp, to: string) => inFile("alpha", "edge", "haproxy.cfg", from, to);

export const connectionCases: Readonly<Record<string, RuleCases>> = {
  "require-tls-floor": {
    refuses: [
      [
        "TLS 1.0 in Postfix",
        main("mx", /^smtpd_tls_protocols.*$/, "smtpd_tls_protocols = >=TLSv1"),
        "smtpd_tls_protocols of 127.0.0.1:10025 is >=TLSv1, which takes less than TLS 1.2; set it to >=TLSv1.2.",
      ],
      [
        "Postfix's own floor",
        main("mx", /^smtpd_tls_protocols.*\n/, ""),
        "smtpd_tls_protocols of 127.0.0.1:10025 is not set",
      ],
      [
        "TLS 1.1 for a listener",
        master("submission", "smtpd_tls_mandatory_protocols = !SSLv3, !TLSv1"),
        "smtpd_tls_mandatory_protocols of 127.0.0.1:10587 is !SSLv3, !TLSv1,",
      ],
      [
        "TLS 1.0 to servers where TLS is demanded",
        main("mx", /^smtp_tls_mandatory_protocols.*$/, "smtp_tls_mandatory_protocols = TLSv1, TLSv1.2"),
        "smtp_tls_mandatory_protocols is TLSv1, TLSv1.2",
      ],
      [
        "a lower floor behind the one",
        main("mx", /^smtpd_tls_protocols.*$/, "smtpd_tls_protocols = >=TLSv1.2, >=TLSv1"),
        "smtpd_tls_protocols of 127.0.0.1:10025 is >=TLSv1.2, >=TLSv1,",
      ],
      ["TLS 1.1 in Dovecot", dovecot("= TLSv1.2", "= TLSv1.1"), "Dovecot's ssl_min_protocol is TLSv1.1"],
      [
        "a lower floor in a block of one line",
        dovecot("ssl = required", "protocol/imap/ssl_min_protocol = TLSv1\nssl = required"),
        "ssl_min_protocol is TLSv1,",
      ],
      ["no floor in Dovecot", dovecot(/^ssl_min_protocol.*\n/, ""), "Dovecot's ssl_min_protocol is not set"],
      [
        "a lower floor in a block of Dovecot",
        dovecot("ssl = yes", "ssl_min_protocol = TLSv1"),
        "ssl_min_protocol is TLSv1,",
      ],
      [
        "TLS 1.0 in HAProxy",
        haproxy("192.0.2.11:993", "192.0.2.11:993 ssl crt /x ssl-min-ver TLSv1.0"),
        "HAProxy's TLS in frontend imaps is ssl-min-ver TLSv1.0",
      ],
      [
        "TLS 1.1 in all of HAProxy",
        haproxy("stats socket", "ssl-default-bind-options force-tlsv11\n    stats socket"),
        "HAProxy's TLS in global is force-tlsv11",
      ],
    ],
    accepts: [
      [
        "all older ones excluded",
        main("mx", /^smtpd_tls_protocols.*$/, "smtpd_tls_protocols = !SSLv2, !SSLv3, !TLSv1, !TLSv1.1"),
      ],
      ["TLS 1.3 alone", all(main("mx", />=TLSv1\.2/, ">=TLSv1.3"), dovecot("= TLSv1.2", "= TLSv1.3"))],
      ["a floor in quotes", dovecot("= TLSv1.2", '= "TLSv1.2"')],
      ["HAProxy's own floor", haproxy("192.0.2.11:993", "192.0.2.11:993 ssl crt /x ssl-min-ver TLSv1.2")],
      ["a comment", haproxy("stats socket", "# bind x ssl-min-ver TLSv1.0\n    stats socket")],
    ],
    unknown: [unknownFile("dovecot", "dovecot.conf")],
  },
  "require-login-after-tls": {
    refuses: [
      [
        "a login before STARTTLS",
        main("submission", /^smtpd_tls_auth_only = yes$/, "smtpd_tls_auth_only = no"),
        "127.0.0.1:10587 offers a login before TLS (smtpd_tls_auth_only = no); set it to yes.",
      ],
      [
        "a login before STARTTLS, in capitals",
        all(
          main("submission", "auth_only = yes", "auth_only = NO"),
          main("submission", "auth_enable = yes", "auth_enable = YES"),
        ),
        "127.0.0.1:10587 offers a login before TLS (smtpd_tls_auth_only = NO); set it to yes.",
      ],
      [
        "a login at another listener",
        all(master("mx", "smtpd_sasl_auth_enable = yes"), master("mx", "smtpd_tls_auth_only = no")),
        "127.0.0.1:10025 offers a login before TLS",
      ],
      ["clear text in Dovecot", dovecot("cleartext = no", "cleartext = yes"), "Dovecot's auth_allow_cleartext is yes"],
      [
        "Dovecot without the setting",
        dovecot(/^auth_allow_cleartext.*\n/, ""),
        "Dovecot's auth_allow_cleartext is not set",
      ],
      [
        "a file of Dovecot's that no rule reads",
        dovecot("ssl = required", "!include_try /etc/dovecot/more.conf\nssl = required"),
        "dovecot.conf has !include_try /etc/dovecot/more.conf, and no rule here reads what that says",
      ],
      ["TLS that is only offered by Dovecot", dovecot("ssl = required", "ssl = yes"), "Dovecot's ssl is yes"],
    ],
    accepts: [
      [
        "TLS from the start",
        all(
          main("submission", "auth_only = yes", "auth_only = no"),
          master("submission", "smtpd_tls_wrappermode = yes"),
        ),
      ],
      ["TLS first, in capitals", main("submission", "auth_only = yes", "auth_only = Yes")],
      [
        "no login",
        all(
          main("submission", "auth_only = yes", "auth_only = no"),
          main("submission", "auth_enable = yes", "auth_enable = no"),
        ),
      ],
    ],
    unknown: [unknownFile("submission", "main.cf")],
  },
  "require-trusted-clients": {
    refuses: [
      [
        "ManageSieve for everybody",
        haproxy("192.0.2.11:993", "192.0.2.11:4190"),
        "workload edge: haproxy.cfg binds 192.0.2.11:4190 for everybody; reject connections unless their source is trusted.",
      ],
      [
        "ManageSieve for everybody by IPv6",
        haproxy("[2001:db8::11]:993", "[2001:db8::11]:4190"),
        "binds [2001:db8::11]:4190",
      ],
      [
        "a range with ManageSieve in it",
        haproxy("192.0.2.11:993", "192.0.2.11:4000-4200"),
        "binds 192.0.2.11:4000-4200 for everybody",
      ],
      [
        "a list of everything",
        haproxy(
          "bind 192.0.2.11:993",
          "tcp-request connection reject unless { src 0.0.0.0/0 }\n    bind 192.0.2.11:4190",
        ),
        "binds 192.0.2.11:4190 for everybody",
      ],
      [
        "a list of two halves of everything",
        haproxy(
          "bind 192.0.2.11:993",
          "tcp-request connection reject unless { src 0.0.0.0/1 128.0.0.0/1 }\n    bind 192.0.2.11:4190",
        ),
        "binds 192.0.2.11:4190 for everybody",
      ],
      ...["::ffff:0:0/96", "0.0.0.0/0.0.0.0"].map((network): [string, Change, string] => [
        `all of IPv4 as ${network}`,
        haproxy(
          "bind 192.0.2.11:993",
          `tcp-request connection reject unless { src ${network} }\n    bind 192.0.2.11:4190`,
        ),
        "binds 192.0.2.11:4190 for everybody",
      ]),
      [
        "webmail, where it is not for everybody",
        haproxy("192.0.2.11:993", "192.0.2.11:8443"),
        "binds 192.0.2.11:8443 for everybody",
        { config: { ports: [4190, 8443] } },
      ],
    ],
    accepts: [
      [
        "trusted networks",
        haproxy(
          "bind 192.0.2.11:993",
          "tcp-request connection reject unless { src 203.0.113.0/24 2001:db8:9::/48 }\n    bind 192.0.2.11:4190",
        ),
      ],
      [
        "a list by name",
        haproxy(
          "bind 192.0.2.11:993",
          "acl trusted src -f /run/conf/trusted.lst\n    tcp-request connection reject if !trusted\n    bind 192.0.2.11:4190",
        ),
      ],
      ["loopback", haproxy("192.0.2.11:993", "127.0.0.1:4190")],
      ["webmail for everybody", haproxy("192.0.2.11:993", "192.0.2.11:443")],
    ],
    unknown: [unknownFile("edge", "haproxy.cfg")],
  },
};
