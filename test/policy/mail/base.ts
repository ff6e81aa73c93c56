/** A mail system of two sites that every rule of the pack accepts. Each case breaks one thing in it. */
import { createHash, generateKeyPairSync } from "node:crypto";
import type { FakeResource } from "../../support/policy.ts";

const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
const PRIVATE = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const TLS_PAIRS = ["alpha", "bravo", "spare"].map((name) => ({
  name,
  ...generateKeyPairSync("ec", { namedCurve: "P-256" }),
}));
const modern = generateKeyPairSync("ed25519");
const PRIVATE_ED25519 = modern.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
/** The 32 octets alone, RFC 8463 section 4. */
const PUBLIC_ED25519 = modern.publicKey.export({ type: "spki", format: "der" }).subarray(-32).toString("base64");
const PUBLIC = pair.publicKey.export({ type: "spki", format: "der" }).toString("base64");

/** What a DKIM record of a key of so many bits holds. */
export function dkimOf(bits: number): string {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: bits });
  return publicKey.export({ type: "spki", format: "der" }).toString("base64");
}

/** A key that no record has. */
export function privateKey(kind: "rsa" | "ed25519" = "rsa"): string {
  const { privateKey: key } =
    kind === "rsa" ? generateKeyPairSync("rsa", { modulusLength: 2048 }) : generateKeyPairSync("ed25519");
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

interface Site {
  readonly name: string;
  readonly v4: string;
  readonly v6: string;
}

const SITES: readonly Site[] = [
  { name: "alpha", v4: "192.0.2.11", v6: "2001:db8::11" },
  { name: "bravo", v4: "192.0.2.12", v6: "2001:db8::12" },
];

const main = ({ name, v4, v6 }: Site, own: string): string => `# as rendered
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

const MX = `smtpd_tls_security_level = may
smtpd_sasl_auth_enable = no
smtpd_relay_restrictions = reject_unauth_destination`;

const SUBMISSION = `smtpd_tls_security_level = may
smtpd_sasl_auth_enable = yes
smtpd_relay_restrictions =
    permit_sasl_authenticated
    reject`;

const master = (port: number): string => `127.0.0.1:${port}  inet  n  -  n  -  -  smtpd
    -o { smtpd_upstream_proxy_protocol = haproxy }
pickup  unix  n  -  n  60  1  pickup
`;

const DOVECOT = `protocols = imap lmtp
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

const haproxy = ({ v4, v6 }: Site): string => `global
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

const POLICY = [
  "version: STSv1",
  "mode: enforce",
  "mx: alpha.example.net",
  "mx: bravo.example.net",
  "max_age: 604800",
  "",
].join("\r\n");
/** What the record of a domain with this policy says. */
export const POLICY_ID = createHash("sha256").update(POLICY).digest("hex").slice(0, 32);

const DIRECTORY = JSON.stringify({
  domains: [{ name: "example.org" }, { name: "club.example", catchAll: ["ann@example.org"] }],
  mailboxes: [{ address: "ann@example.org", passwordHash: "secret" }],
  aliases: [
    { address: "postmaster@example.org", targets: ["ann@example.org"] },
    { address: "hostmaster@example.org", targets: ["postmaster@example.org"] },
    { address: "abuse@example.org", targets: ["ann@elsewhere.example"] },
  ],
});

const service = (volume?: string, target?: string): Readonly<Record<string, unknown>> => ({
  image: "image",
  volumes: volume === undefined ? [] : [{ type: "volume", source: volume, target }],
});

function site(one: Site): FakeResource {
  const workload = (
    own: Readonly<Record<string, unknown>>,
    files: Readonly<Record<string, string>>,
    secretFiles: Readonly<Record<string, string>> = {},
  ): Readonly<Record<string, unknown>> => ({ uid: 2000, service: own, files, secretFiles });
  return {
    type: "compose:index:Release",
    name: one.name,
    props: {
      project: `mailkeep-test-${one.name}`,
      networks: {},
      volumes: {
        mail: { name: "m", kind: "mail" },
        "queue-mx": { name: "q", kind: "mail" },
        "queue-submission": { name: "s", kind: "mail" },
        directory: { name: "d", kind: "mail" },
        scratch: { name: "x", kind: "state" },
      },
      workloads: {
        mx: workload(service("queue-mx", "/var/spool/postfix"), {
          "main.cf": main(one, MX),
          "master.cf": master(10025),
        }),
        submission: workload(service("queue-submission", "/var/spool/postfix"), {
          "main.cf": main(one, SUBMISSION),
          "master.cf": master(10587),
        }),
        dovecot: workload(service("mail", "/srv/mail"), { "dovecot.conf": DOVECOT }),
        edge: workload(service(), {
          "haproxy.cfg": haproxy(one),
          "web/mta-sts.map": "example.org enforce\nclub.example enforce\n",
          "web/mta-sts-enforce.txt": POLICY,
        }),
        couchmail: workload(
          service("directory", "/var/lib/couchmail"),
          { "config.json": JSON.stringify({ data: "/var/lib/couchmail" }) },
          { "directory.json": DIRECTORY },
        ),
        opendkim: workload(
          service(),
          {
            signingtable: "*@example.org one\n*@club.example two\n",
            keytable:
              "one example.org:s1:/run/conf/keys/example.org.pem\ntwo club.example:s1:/run/conf/keys/club.example.pem\n",
          },
          { "keys/example.org.pem": PRIVATE, "keys/club.example.pem": PRIVATE },
        ),
        "opendkim-ed25519": workload(
          service(),
          {
            "opendkim.conf": "Mode s\nSignatureAlgorithm  ed25519-sha256\n",
            signingtable: "*@example.org three\n*@club.example four\n",
            keytable:
              "three example.org:e1:/run/conf/keys/example.org.e1.pem\nfour club.example:e1:/run/conf/keys/club.example.e1.pem\n",
          },
          { "keys/example.org.e1.pem": PRIVATE_ED25519, "keys/club.example.e1.pem": PRIVATE_ED25519 },
        ),
        certs: workload(service(), { "csr.pem": `request ${one.name}`, "web/1.csr": `web request ${one.name}` }),
      },
    },
  };
}

const SPF = SITES.map(({ v4, v6 }) => `ip4:${v4} ip6:${v6}`).join(" ");

const domain = (name: string): string => `$ORIGIN ${name}.
@ 3600 IN SOA ns.example.net. hostmaster 1 3600 600 1209600 60
@ 3600 IN MX 10 alpha.example.net.
@ 3600 IN MX 10 bravo.example.net.
@ 3600 IN TXT "v=spf1 ${SPF} -all"
s1._domainkey 3600 IN TXT "v=DKIM1; k=rsa; p=${PUBLIC.slice(0, 200)}" "${PUBLIC.slice(200)}"
_dmarc 3600 IN TXT "v=DMARC1; p=reject"
e1._domainkey 3600 IN TXT "v=DKIM1; k=ed25519; p=${PUBLIC_ED25519}"
_mta-sts 3600 IN TXT "v=STSv1; id=${POLICY_ID};"
mta-sts 3600 IN CNAME web.example.net.
`;

const HOSTS = SITES.map(
  ({ name, v4, v6 }) => `${name} 60 IN A ${v4}
${name} 60 IN AAAA ${v6}
${name} 3600 IN TXT "v=spf1 ip4:${v4} ip6:${v6} -all"
_25._tcp.${name} 3600 IN TLSA 3 1 1 ${tlsaOf(name)}
_25._tcp.${name} 3600 IN TLSA 3 1 1 ${tlsaOf("spare")}
`,
).join("");

const ZONES: Readonly<Record<string, string>> = {
  "zones/example.org.zone": domain("example.org"),
  "zones/club.example.zone": domain("club.example"),
  "zones/example.net.zone": `$ORIGIN example.net.\n${HOSTS}web 60 IN A 192.0.2.11\nweb 60 IN A 192.0.2.12\n`,
  "zones/2.0.192.in-addr.arpa.zone": "11 IN PTR alpha.example.net.\n12 IN PTR bravo.example.net.\n",
  "zones/8.b.d.0.1.0.0.2.ip6.arpa.zone": SITES.map(
    ({ name }, index) => `${index + 1}.1${".0".repeat(22)} IN PTR ${name}.example.net.\n`,
  ).join(""),
};

/** What the TLSA record of a site's key holds. */
export function tlsaOf(name: string): string {
  const found = TLS_PAIRS.find((one) => one.name === name)?.publicKey ?? generateKeyPairSync("ed25519").publicKey;
  return createHash("sha256")
    .update(found.export({ type: "spki", format: "der" }))
    .digest("hex");
}

const TLS_KEYS = TLS_PAIRS.map(({ name, publicKey }): FakeResource => ({
  type: "tls:index/privateKey:PrivateKey",
  name: `site/${name}`,
  props: { publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString() },
}));

const NOW = "2026-05-01T12:00:00.000Z";
const ANNOUNCED = { announced: true, waitSeconds: 3600, lingerSeconds: 5 * 24 * 3600 };

/** One selector signs since long ago, the last is still there, the next is published. */
const LEDGER: FakeResource = {
  type: "ledger:index:KeyLedger",
  name: "keys",
  props: {
    asOf: NOW,
    hurried: [],
    left: {},
    keys: {
      "dkim/example.org/s1": {
        ...ANNOUNCED,
        line: "dkim/example.org",
        inUse: true,
        publishedAt: "2026-01-01T12:00:00.000Z",
        usedSince: "2026-01-02T12:00:00.000Z",
      },
      "dkim/example.org/s2": {
        ...ANNOUNCED,
        line: "dkim/example.org",
        inUse: false,
        publishedAt: "2026-05-01T11:30:00.000Z",
      },
      "dkim/club.example/s1": {
        ...ANNOUNCED,
        line: "dkim/club.example",
        inUse: true,
        publishedAt: NOW,
        usedSince: NOW,
        first: true,
      },
      ...Object.fromEntries(
        ["example.org", "club.example"].map((name) => [
          `dkim/${name}/e1`,
          {
            ...ANNOUNCED,
            line: `dkim-ed25519/${name}`,
            inUse: true,
            publishedAt: NOW,
            usedSince: NOW,
            first: true,
          },
        ]),
      ),
      "link/alpha": {
        announced: false,
        waitSeconds: 0,
        lingerSeconds: 0,
        line: "link/alpha",
        inUse: true,
        publishedAt: NOW,
        usedSince: NOW,
      },
    },
  },
};

const request = (name: string): FakeResource => ({
  type: "tls:index/certRequest:CertRequest",
  name: `site/${name}`,
  props: {
    certRequestPem: `request ${name}`,
    privateKeyPem: TLS_PAIRS.find((one) => one.name === name)
      ?.privateKey.export({ type: "pkcs8", format: "pem" })
      .toString(),
    subject: { commonName: `${name}.example.net` },
    dnsNames: [`${name}.example.net`, "mail.example.net"],
  },
});

const webRequest = (name: string): FakeResource => ({
  type: "tls:index/certRequest:CertRequest",
  name: `web/${name}/1`,
  props: {
    certRequestPem: `web request ${name}`,
    subject: { commonName: "mta-sts.example.org" },
    dnsNames: ["mta-sts.example.org", "mta-sts.club.example"],
  },
});

export const base: readonly FakeResource[] = [
  LEDGER,
  ...TLS_KEYS,
  ...SITES.map(({ name }) => request(name)),
  ...SITES.map(({ name }) => webRequest(name)),
  {
    type: "compose:index:Release",
    name: "dns",
    props: {
      project: "mailkeep-test-dns",
      networks: {},
      volumes: {},
      workloads: { knot: { uid: 2000, service: service(), files: ZONES, secretFiles: {} } },
    },
  },
  ...SITES.map(site),
];
