/** TLS towards those who connect, and the way out to others. */
import type { TlsDemand } from "../../plan/context.ts";
import type { SendingRole } from "../../plan/egress.ts";
import { CONF } from "../../plan/workload.ts";
import { SITE_CERTIFICATE } from "../shared-paths.ts";
import { type PostfixSite } from "./common.ts";
import { SMTP_PROCESSES } from "./services.ts";
import { exitTlsPolicies } from "./egress.ts";
import type { Section } from "./text.ts";

/** Owner-readable key and world-readable chain; the chain is replaced in place at each renewal. */
export const TLS_CHAIN = [`${CONF}/site.key`, SITE_CERTIFICATE] as const;

/** TLS towards those who connect: what internet.nl calls good or sufficient, and nothing else. */
export const tlsServer: Section = {
  title: "TLS as a server: 1.2 and 1.3, forward secrecy by elliptic curves, authenticated encryption",
  parameters: {
    smtpd_tls_chain_files: TLS_CHAIN.join(", "),
    smtpd_tls_auth_only: true,
    smtpd_tls_protocols: ">=TLSv1.2",
    smtpd_tls_mandatory_protocols: ">=TLSv1.2",
    smtpd_tls_ciphers: "high",
    smtpd_tls_mandatory_ciphers: "high",
    tls_high_cipherlist: [
      "ECDHE-ECDSA-AES256-GCM-SHA384",
      "ECDHE-RSA-AES256-GCM-SHA384",
      "ECDHE-ECDSA-CHACHA20-POLY1305",
      "ECDHE-RSA-CHACHA20-POLY1305",
      "ECDHE-ECDSA-AES128-GCM-SHA256",
      "ECDHE-RSA-AES128-GCM-SHA256",
    ].join(":"),
    tls_preempt_cipherlist: true,
    tls_eecdh_auto_curves: "X25519 prime256v1 secp384r1",
    tls_ffdhe_auto_groups: "",
    tls_ssl_options: "NO_COMPRESSION, NO_RENEGOTIATION",
    smtpd_tls_loglevel: 1,
  },
};

/** Postfix's words. */
const LEVEL: Readonly<Record<TlsDemand, string>> = { opportunistic: "dane", required: "encrypt" };

/** The way out. */
export function smtpClient(role: SendingRole, site: PostfixSite): Section {
  const policies = [
    ...site.outboundTls.destinations.map(({ domain, tls }) => `{${domain} = ${LEVEL[tls]}}`),
    ...exitTlsPolicies(role, site),
  ];
  return {
    title:
      "The way out. DANE where the far side publishes it, else whatever TLS it can do: some is better than none\n(RFC 7435). Only from the addresses that SPF and reverse DNS name.",
    parameters: {
      smtp_helo_name: "$myhostname",
      smtp_bind_address: site.egress.v4,
      smtp_bind_address6: site.egress.v6 ?? "",
      smtp_bind_address_enforce: true,
      smtp_host_lookup: "dns",
      smtp_dns_support_level: "dnssec",
      smtp_tls_security_level: LEVEL[site.outboundTls.default],
      smtp_tls_policy_maps: policies.length === 0 ? "" : `inline:{ ${policies.join(", ")} }`,
      smtp_tls_mandatory_protocols: ">=TLSv1.2",
      smtp_tls_CAfile: "/etc/ssl/certs/ca-certificates.crt",
      smtp_tls_loglevel: 1,
      smtp_tls_note_starttls_offer: true,
      smtp_connection_cache_on_demand: true,
      // A longer line stays what it is: Postfix would break it, and the signature over it.
      smtp_line_length_limit: 0,
      smtp_connect_timeout: "30s",
      // Half of the processes in master.cf: a slow far side must not have all of them.
      smtp_destination_concurrency_limit: SMTP_PROCESSES / 2,
    },
  };
}
