/** What the daemons of a site are told, as far as rules read it. */
import { createHash } from "node:crypto";
import type { Site } from "./sites.ts";

export const main = ({ name, v4, v6 }: Site, own: string): string => `# as rendered
myhostname = ${name}.example.net
mynetworks =
relay_domains =
queue_directory = /var/spool/postfix
smtp_helo_name = $myhostname
smtp_bind_address = ${v4}
smtp_bind_address6 = ${v6}
smtp_tls_mandatory_protocols = >=TLSv1.2
smtpd_tls_auth_only = yes
smtpd_tls_protocols = >=TLSv1.2
smtpd_tls_mandatory_protocols = >=TLSv1.2
milter_default_action = tempfail
smtpd_milters = unix:/run/milter/rspamd.sock
${own}
`;

export const MX = `smtpd_tls_security_level = may
smtpd_sasl_auth_enable = no
smtpd_relay_restrictions = reject_unauth_destination`;

export const SUBMISSION = `smtpd_tls_security_level = may
smtpd_sasl_auth_enable = yes
smtpd_relay_restrictions =
    permit_sasl_authenticated
    reject`;

export const master = (port: number): string => `127.0.0.1:${port}  inet  n  -  n  -  -  smtpd
    -o { smtpd_upstream_proxy_protocol = haproxy }
pickup  unix  n  -  n  60  1  pickup
`;

export const DOVECOT = `protocols = imap lmtp
ssl = required
ssl_min_protocol = TLSv1.2
auth_allow_cleartext = no
service imap-login {
  inet_listener imaps {
    port = 10993
    ssl = yes
  }
}
`;

export const haproxy = ({ v4, v6 }: Site): string => `global
    stats socket /run/haproxy.sock

frontend imaps
    bind ${v4}:993
    bind [${v6}]:993
    default_backend imaps

backend imaps
    server one dovecot:10993 send-proxy-v2

frontend https
    bind ${v4}:443 ssl crt /var/lib/certificates strict-sni ssl-min-ver TLSv1.2
`;

export const POLICY = [
  "version: STSv1",
  "mode: enforce",
  "mx: alpha.example.net",
  "mx: bravo.example.net",
  "max_age: 604800",
  "",
].join("\r\n");
/** What the record of a domain with this policy says. */
export const POLICY_ID = createHash("sha256").update(POLICY).digest("hex").slice(0, 32);

export const DIRECTORY = JSON.stringify({
  domains: [{ name: "example.org" }, { name: "club.example", catchAll: ["ann@example.org"] }],
  mailboxes: [{ address: "ann@example.org", passwordHash: "secret" }],
  aliases: [
    { address: "postmaster@example.org", targets: ["ann@example.org"] },
    { address: "hostmaster@example.org", targets: ["postmaster@example.org"] },
    { address: "abuse@example.org", targets: ["ann@elsewhere.example"] },
  ],
});
