/** Postfix 3.4 or newer as a satellite: it takes the host's own mail alone, keeps it in its queue, and hands it to us. */
import { concat } from "../plan/text.ts";
import { PORT } from "../plan/ports.ts";
import { mainCf, type Section } from "../mail/postfix/text.ts";
import type { ClientFile, HostMailClient } from "./client.ts";

const PASSWORDS = "/etc/postfix/mailkeep-password";
const RECIPIENTS = "/etc/postfix/mailkeep-recipients";
const SENDERS = "/etc/postfix/mailkeep-senders";

/** main.cf and its tables. They are texts that Postfix reads as they are, so no command makes maps of them. */
export function renderPostfix(client: HostMailClient): readonly ClientFile[] {
  const { host, servers, login, password, to } = client;
  const next = servers.map((server) => `[${server}]:${PORT.submissions}`);
  return [
    { path: "/etc/postfix/main.cf", content: mainCf(sections(client, next)) },
    {
      path: RECIPIENTS,
      content: `# Whoever is written to at this host, under whatever name of it.\n/@(localhost|localhost\\.localdomain|${escaped(host)})$/ ${to}\n`,
    },
    { path: SENDERS, content: senders(client) },
    { path: PASSWORDS, content: concat(`/^/ ${login}:`, password, "\n"), owner: "root" },
  ];
}

function sections({ host, caFile }: HostMailClient, next: readonly string[]): readonly Section[] {
  return [
    {
      title: "Who this host is. It takes mail of its own programs, and none by the network.",
      parameters: {
        compatibility_level: "3.9",
        myhostname: host,
        myorigin: "$myhostname",
        mydestination: "",
        inet_interfaces: "loopback-only",
        mynetworks: ["127.0.0.0/8", "[::1]/128"],
        smtpd_relay_restrictions: "permit_mynetworks, reject",
        alias_maps: "",
        local_transport: "error:no mail is kept on this host",
      },
    },
    {
      title: "Everything goes to the submission servers: each address of the name is tried until one takes it.",
      parameters: {
        relayhost: next,
        smtp_address_preference: "any",
        smtp_mx_session_limit: 0,
        smtp_connect_timeout: "10s",
        smtp_helo_timeout: "60s",
        queue_run_delay: "60s",
        minimal_backoff_time: "60s",
        maximal_backoff_time: "15m",
      },
    },
    {
      title: "TLS from the start, towards nobody but a server whose certificate has that name.",
      parameters: {
        smtp_tls_wrappermode: true,
        smtp_tls_security_level: "secure",
        smtp_tls_secure_cert_match: "nexthop",
        smtp_tls_CAfile: caFile,
        smtp_tls_loglevel: 1,
      },
    },
    {
      title: "The machine account.",
      parameters: {
        smtp_sasl_auth_enable: true,
        smtp_sasl_password_maps: `regexp:${PASSWORDS}`,
        smtp_sasl_security_options: "noanonymous",
        smtp_sasl_tls_security_options: "noanonymous",
      },
    },
    {
      title: "Mail to the host's users goes to a person; senders are what the account may use.",
      parameters: {
        virtual_alias_maps: `regexp:${RECIPIENTS}`,
        virtual_alias_domains: "",
        smtp_generic_maps: `regexp:${SENDERS}`,
      },
    },
  ];
}

/** Addresses of the host under names that nobody knows outside, in the envelope and in header fields. */
function senders({ host, sender }: HostMailClient): string {
  const own = `(localhost|localhost\\.localdomain|${escaped(host.split(".")[0] ?? host)}(\\.localdomain)?)`;
  if (sender.kind === "users") return `/^(.+)@${own}$/ \${1}@${sender.domain}\n`;
  return `/@(${own}|${escaped(host)})$/ ${sender.address}\n`;
}

const escaped = (name: string): string => name.replaceAll(".", "\\.");
