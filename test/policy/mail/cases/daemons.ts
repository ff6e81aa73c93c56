/** Cases for the rules about what the daemons are told. */
import { fields } from "../../../../policy/read/values.ts";
import { UNKNOWN } from "../../../support/policy.ts";
import type { RuleCases } from "../../../support/rule-cases.ts";
import { all, inFile, inService, inWorkload } from "../../../support/slips.ts";
import { privateKey } from "../base/dkim-keys.ts";
import { directory, main, master, unknownDirectory, unknownFile } from "../slips.ts";

const dovecot = (from: string | RegExp, to: string) => inFile("alpha", "dovecot", "dovecot.conf", from, to);
const haproxy = (from: string | RegExp, to: string) => inFile("alpha", "edge", "haproxy.cfg", from, to);

export const daemonCases: Readonly<Record<string, RuleCases>> = {
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
      ["TLS 1.1 in Dovecot", dovecot("= TLSv1.2", "= TLSv1.1"), "Dovecot's ssl_min_protocol is TLSv1.1"],
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
  "require-milter-tempfail": {
    refuses: [
      [
        "mail that passes unfiltered, told of the probe's listener too",
        all(main("mx", "= tempfail", "= accept"), master("mx", "milter_default_action = tempfail")),
        "main.cf has milter_default_action = accept; set it to tempfail.",
      ],
      [
        "a listener that lets pass",
        master("mx", "milter_default_action = accept"),
        "127.0.0.1:10025 has milter_default_action = accept",
      ],
      [
        "a milter that lets pass",
        all(
          main("mx", /^smtpd_milters.*$/, "smtpd_milters = { inet:rspamd:11332, default_action=accept }"),
          master("mx", "smtpd_milters = inet:rspamd:11332"),
        ),
        "main.cf has the milter { inet:rspamd:11332, default_action=accept }; its action must be tempfail.",
      ],
    ],
    accepts: [["no milters", main("mx", /^(milter_default|smtpd_milters).*\n/, "")]],
    unknown: [unknownFile("mx", "main.cf")],
  },
  "require-dkim-key-files": {
    refuses: [
      [
        "a key that is not there",
        inFile("alpha", "opendkim", "keytable", "keys/club.example.pem", "keys/club.example.2.pem"),
        "workload opendkim: the key /run/conf/keys/club.example.2.pem for *@club.example is not among its secret files",
      ],
      [
        "a key outside of the release",
        inFile("alpha", "opendkim", "keytable", "/run/conf/keys/club.example.pem", "/etc/dkim/club.example.pem"),
        "the key /etc/dkim/club.example.pem for *@club.example is not among its secret files",
      ],
      [
        "a name that the key table lacks",
        inFile("alpha", "opendkim", "signingtable", "@club.example two", "@club.example three"),
        "the signing table has three for *@club.example, which the key table lacks; add it.",
      ],
      [
        "a key that is a plain file",
        inWorkload("alpha", "opendkim", ({ secretFiles, files, ...rest }) => {
          const { "keys/club.example.pem": key, ...others } = fields(secretFiles);
          return { ...rest, secretFiles: others, files: { ...fields(files), "keys/club.example.pem": key } };
        }),
        "the key /run/conf/keys/club.example.pem for *@club.example is not among its secret files",
      ],
    ],
    unknown: [unknownFile("opendkim", "keytable")],
  },
  "require-dkim-algorithm-of-key": {
    refuses: [
      [
        "an RSA key of the signer with Ed25519: signatures that nobody can verify",
        inFile("alpha", "opendkim-ed25519", "keys/club.example.e1.pem", /^[^]*$/, privateKey()),
        "mailkeep-test-alpha, workload opendkim-ed25519: the key of e1._domainkey.club.example is of the kind rsa, and it signs with ed25519-sha256.",
      ],
      [
        "a signer that is told of no algorithm, and has Ed25519 keys",
        all(
          inFile("alpha", "opendkim-ed25519", "opendkim.conf", /^SignatureAlgorithm.*\n/, ""),
          inFile("alpha", "opendkim-ed25519", "keytable", /^four.*\n/, ""),
        ),
        "the key of e1._domainkey.example.org is of the kind ed25519, and it signs with rsa-sha256.",
      ],
    ],
    accepts: [
      [
        "a key that is not there, which is another rule's",
        inFile("alpha", "opendkim", "keytable", "example.org.pem", "x.pem"),
      ],
    ],
    unknown: [unknownFile("opendkim-ed25519", "opendkim.conf")],
  },
  "require-signing-of-hosted-domains": {
    refuses: [
      [
        "a domain without a line",
        inFile("alpha", "opendkim", "signingtable", /^.*club.*\n/, ""),
        "mailkeep-test-alpha hosts club.example, but its signing table for rsa-sha256 has no line for it; add one.",
      ],
      [
        "another domain's key",
        inFile("alpha", "opendkim", "signingtable", "@club.example two", "@club.example one"),
        "mailkeep-test-alpha signs for club.example as example.org",
      ],
      [
        "a domain without a line of the second signer",
        inFile("alpha", "opendkim-ed25519", "signingtable", /^.*club.*\n/, ""),
        "mailkeep-test-alpha hosts club.example, but its signing table for ed25519-sha256 has no line for it; add one.",
      ],
      [
        "no RSA signature",
        inWorkload("alpha", "opendkim", ({ files, ...rest }) => {
          const { signingtable, ...others } = fields(files);
          return { ...rest, files: { ...others, unused: signingtable } };
        }),
        "mailkeep-test-alpha signs without RSA, which many receivers do not verify",
      ],
      [
        "a pattern that only looks like the domain",
        inFile("alpha", "opendkim", "signingtable", "@club.example", "@clubXexample"),
        "hosts club.example, but its signing table for rsa-sha256 has no line",
      ],
    ],
    accepts: [
      [
        "a key of the domain above",
        all(
          directory('"club.example"', '"lists.example.org"'),
          inFile("alpha", "opendkim", "signingtable", /^.*club.*\n/, "*@*.example.org one\n"),
          inFile("alpha", "opendkim-ed25519", "signingtable", /^.*club.*\n/, "*@*.example.org three\n"),
        ),
      ],
    ],
    unknown: [unknownDirectory],
  },
  "require-role-addresses": {
    refuses: [
      [
        "a role without an alias",
        directory("abuse@example.org", "misuse@example.org"),
        "mailkeep-test-alpha: abuse@example.org reaches nobody",
      ],
      [
        "a role that is thrown away",
        directory('"targets":["ann@elsewhere.example"]', '"discard":true'),
        "abuse@example.org reaches nobody",
      ],
      [
        "roles that lead to each other, of which one is asked for",
        directory('"targets":["ann@elsewhere.example"]', '"targets":["abuse@example.org"]'),
        "abuse@example.org reaches nobody",
      ],
      [
        "a target that does not exist",
        directory("ann@elsewhere.example", "nobody@example.org"),
        "abuse@example.org reaches nobody",
      ],
    ],
    accepts: [
      ["an alias domain of one that has them", directory('"catchAll":["ann@example.org"]', '"aliasOf":"example.org"')],
      ["fewer roles", directory("abuse@example.org", "misuse@example.org"), { config: { roles: ["postmaster"] } }],
    ],
    unknown: [unknownDirectory],
  },
  "require-durable-mail-storage": {
    refuses: [
      [
        "a queue in the container",
        inService("alpha", "mx", { volumes: [] }),
        "workload mx: the queue, /var/spool/postfix, lies in the container; mount a writable volume of kind mail there.",
      ],
      [
        "mail on a volume that goes with the release",
        inService("alpha", "dovecot", { volumes: ["scratch:/srv/mail"] }),
        "workload dovecot: the mail, /srv/mail, lies on scratch (state)",
      ],
      [
        "a directory on a folder of the host",
        inService("alpha", "couchmail", { volumes: ["/srv/x:/var/lib/couchmail"] }),
        "workload couchmail: the directory, /var/lib/couchmail, lies on /srv/x (bind)",
      ],
      [
        "mail that cannot be written",
        inService("alpha", "dovecot", { volumes: ["mail:/srv/mail:ro"] }),
        "the mail, /srv/mail, lies on mail (mail, read-only)",
      ],
      [
        "a queue in memory below the volume",
        inService("alpha", "mx", {
          volumes: ["queue-mx:/var", { type: "tmpfs", target: "/var/spool/postfix" }],
        }),
        "the queue, /var/spool/postfix, lies on  (tmpfs)",
      ],
      [
        "another folder for the queue",
        main("mx", /^queue_directory.*$/, "queue_directory = /tmp/queue"),
        "the queue, /tmp/queue, lies in the container",
      ],
    ],
    accepts: [
      ["a volume at a folder above", inService("alpha", "dovecot", { volumes: ["mail:/srv"] })],
      [
        "another folder for mail",
        all(
          inService("alpha", "dovecot", { volumes: ["mail:/var/mail"] }),
          inService("bravo", "dovecot", { volumes: ["mail:/var/mail"] }),
        ),
        { config: { mailFolder: "/var/mail" } },
      ],
    ],
    unknown: [inWorkload("alpha", "mx", (inputs) => ({ ...inputs, service: UNKNOWN }))],
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
