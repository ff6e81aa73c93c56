/** The zones that tell others of the system: MX, SPF, DKIM, DMARC, MTA-STS, addresses and names for them. */
import { tlsaOf } from "./certificates.ts";
import { POLICY_ID } from "./configuration.ts";
import { ED25519_PUBLIC, RSA_PUBLIC } from "./dkim-keys.ts";
import { SITES } from "./sites.ts";

const SPF = SITES.map(({ v4, v6 }) => `ip4:${v4} ip6:${v6}`).join(" ");

const domain = (name: string): string => `$ORIGIN ${name}.
@ 3600 IN SOA ns.example.net. hostmaster 1 3600 600 1209600 60
@ 3600 IN MX 10 alpha.example.net.
@ 3600 IN MX 10 bravo.example.net.
@ 3600 IN TXT "v=spf1 ${SPF} -all"
s1._domainkey 3600 IN TXT "v=DKIM1; k=rsa; p=${RSA_PUBLIC.slice(0, 200)}" "${RSA_PUBLIC.slice(200)}"
_dmarc 3600 IN TXT "v=DMARC1; p=reject"
e1._domainkey 3600 IN TXT "v=DKIM1; k=ed25519; p=${ED25519_PUBLIC}"
_mta-sts 3600 IN TXT "v=STSv1; id=${POLICY_ID};"
mta-sts 3600 IN CNAME web.example.net.
_smtp._tls 3600 IN TXT "v=TLSRPTv1; rua=mailto:postmaster@${name}"
_imaps._tcp 3600 IN SRV 0 1 993 mail.example.net.
_submissions._tcp 3600 IN SRV 0 1 465 mail.example.net.
_submission._tcp 3600 IN SRV 10 1 587 mail.example.net.
`;

const PARKED = `$ORIGIN parked.example.
@ 3600 IN MX 0 .
@ 3600 IN TXT "v=spf1 -all"
_dmarc 3600 IN TXT "v=DMARC1; p=reject"
`;

const CAA = '3600 IN CAA 0 issue "ca.example; validationmethods=dns-01"';

const HOSTS = SITES.map(
  ({ name, v4, v6 }) => `${name} 60 IN A ${v4}
${name} 60 IN AAAA ${v6}
${name} 3600 IN TXT "v=spf1 ip4:${v4} ip6:${v6} -all"
_25._tcp.${name} 3600 IN TLSA 3 1 1 ${tlsaOf(name)}
_25._tcp.${name} 3600 IN TLSA 3 1 1 ${tlsaOf("spare")}
${name} ${CAA}
`,
).join("");

/** Names that any site answers to. */
const SHARED = ["web", "mail"]
  .map((name) => `${name} 60 IN A 192.0.2.11\n${name} 60 IN A 192.0.2.12\n${name} ${CAA}\n`)
  .join("");

export const ZONES: Readonly<Record<string, string>> = {
  "zones/example.org.zone": domain("example.org"),
  "zones/club.example.zone": domain("club.example"),
  "zones/example.net.zone": `$ORIGIN example.net.\n${HOSTS}${SHARED}`,
  "zones/parked.example.zone": PARKED,
  "zones/2.0.192.in-addr.arpa.zone": "11 IN PTR alpha.example.net.\n12 IN PTR bravo.example.net.\n",
  "zones/8.b.d.0.1.0.0.2.ip6.arpa.zone": SITES.map(
    ({ name }, index) => `${index + 1}.1${".0".repeat(22)} IN PTR ${name}.example.net.\n`,
  ).join(""),
};
