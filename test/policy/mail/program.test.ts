/** The rules about mail on what the program itself makes: sound as it is, and told of each slip. */
import { generateKeyPairSync } from "node:crypto";
import { rules } from "../../../policy/mail/rules.ts";
import { fields } from "../../../policy/read/values.ts";
import { describeProgram, type Slip } from "../../support/mutations.ts";
import { inFile, inResource, inService, withoutResource, withResource } from "../../support/slips.ts";
import { main } from "./slips.ts";
import { CLOUD_SLIPS } from "./cloud-slips.ts";

const zone = (name: string, from: string | RegExp, to: string) =>
  inFile("world", "knot", `zones/${name}.zone`, from, to);

const SLIPS: Readonly<Record<string, Slip>> = {
  "require-mx-record": {
    when: "a domain has no MX record",
    change: zone("club.test", /^club\.test\. \d+ IN MX .*\n/, ""),
    says: "club.test has no MX record; add one that names alpha.mailkeep.test or bravo.mailkeep.test.",
  },
  "require-redundant-mx": {
    when: "one site takes in the mail of a domain in production",
    stack: "production",
    change: zone("club.test", /^club\.test\. \d+ IN MX 10 bravo.*\n/, ""),
    says: "club.test has mail taken in at 1 site (MX: alpha.mailkeep.test)",
  },
  "require-redundant-maildrops": {
    when: "a site is taken away in production",
    stack: "production",
    change: withoutResource("bravo"),
    says: "mailboxes are stored by mailkeep-production-alpha alone",
  },
  "require-mx-target-address": {
    when: "an MX target has lost its IPv6 address",
    change: zone("mailkeep.test", /^bravo\.mailkeep\.test\. \d+ IN AAAA .*\n/, ""),
    says: "the MX target bravo.mailkeep.test has no AAAA record",
  },
  "disallow-alias-mx-target": {
    when: "an MX target becomes an alias",
    change: zone("mailkeep.test", /^bravo\.mailkeep\.test\. (\d+) IN A .*\n/, "bravo $1 IN CNAME alpha\n"),
    says: "the MX target bravo.mailkeep.test of club.test is an alias of alpha.mailkeep.test",
  },
  "disallow-proxied-mail-record": {
    when: "a provider answers for a host with its own addresses",
    change: withResource({
      type: "cloudflare:index/dnsRecord:DnsRecord",
      name: "alpha",
      props: { zoneId: "z", name: "alpha.mailkeep.test", type: "A", content: "198.51.100.11", ttl: 60, proxied: true },
    }),
    says: "the A record alpha.mailkeep.test (198.51.100.11) is proxied",
  },
  "require-reverse-name": {
    when: "reverse DNS has another name",
    change: zone("100.51.198.in-addr.arpa", "PTR alpha.mailkeep.test.", "PTR mail.mailkeep.test."),
    says: "198.51.100.11 has the PTR record mail.mailkeep.test, but the site says HELO alpha.mailkeep.test",
  },
  "require-certificate-name": {
    when: "the certificate is for another name",
    change: inResource("tls:index/certRequest:CertRequest", "site/alpha", (props) => ({
      ...props,
      dnsNames: ["mail.mailkeep.test"],
      subject: { commonName: "mail.mailkeep.test" },
    })),
    says: "is for mail.mailkeep.test, not for alpha.mailkeep.test",
  },
  "require-spf-record": {
    when: "a domain has lost its SPF record",
    change: zone("home.test", '"v=spf1', '"v=spf2'),
    says: "home.test has no SPF record",
  },
  "require-open-egress-port": {
    when: "a site is on an instance of Google's and sends by itself",
    change: withResource({
      type: "gcp:compute/instance:Instance",
      name: "alpha-machine",
      props: { hostname: "alpha.mailkeep.test" },
    }),
    says: "alpha.mailkeep.test sends mail directly, and Google Cloud never lets mail out on port 25",
  },
  "require-spf-of-egress": {
    when: "a site sends from another address",
    change: main("submission", "smtp_bind_address6 = 2001:db8:100::11", "smtp_bind_address6 = 2001:db8:100::99"),
    says: "the SPF record of club.test lacks 2001:0db8:0100:0000:0000:0000:0000:0099",
  },
  "disallow-permissive-spf": {
    when: "SPF lets everybody send",
    change: zone("home.test", "-all", "+all"),
    says: "the SPF record of home.test ends in +all",
  },
  "require-spf-within-lookups": {
    when: "SPF names hosts instead of addresses",
    change: zone("home.test", "-all", `${"a:mail.mailkeep.test ".repeat(11)}-all`),
    says: "the SPF record of home.test needs 11 lookups",
  },
  "require-dkim-record": {
    when: "the selector that signs is not published",
    change: zone("club.test", "s1._domainkey", "s2._domainkey"),
    says: "mailkeep-local-alpha signs for club.test, but s1._domainkey.club.test has no record",
  },
  "disallow-weak-dkim-key": {
    when: "a published key is cut off",
    change: zone("club.test", /p=MIIB[^"]*"/, 'p=MIIB"'),
    says: "s1._domainkey.club.test holds no key that can be read",
  },
  "disallow-foreign-dkim-key": {
    when: "somebody else's key is published",
    change: zone("club.test", /$(?![\s\S])/, `x9._domainkey 60 IN TXT "k=ed25519; p=${"A".repeat(42)}E="\n`),
    says: "x9._domainkey.club.test has a key that this stack does not hold, so others sign as club.test",
  },
  "require-dmarc-record": {
    when: "a domain has lost its DMARC record",
    change: zone("home.test", "_dmarc.home.test", "dmarc.home.test"),
    says: "home.test has no DMARC record",
  },
  "disallow-dmarc-none": {
    when: "DMARC only watches in production",
    stack: "production",
    change: zone("home.test", "p=reject", "p=none"),
    says: "_dmarc.home.test says none for home.test",
  },
  "disallow-open-relay": {
    when: "the server trusts a network",
    change: main("mx", /^mynetworks =$/, "mynetworks = 10.77.1.0/24"),
    says: "127.0.0.1:10025 has 10.77.1.0/24 in mynetworks",
  },
  "require-tls-floor": {
    when: "Dovecot takes old TLS",
    change: inFile("alpha", "dovecot", "dovecot.conf", "ssl_min_protocol = TLSv1.2", "ssl_min_protocol = TLSv1"),
    says: "Dovecot's ssl_min_protocol is TLSv1",
  },
  "require-login-after-tls": {
    when: "a login is offered before TLS",
    change: (resources) =>
      main(
        "submission",
        "smtpd_tls_auth_only = yes",
        "smtpd_tls_auth_only = no",
      )(main("submission", "smtpd_tls_security_level = encrypt", "smtpd_tls_security_level = may")(resources)),
    says: "127.0.0.1:10587 offers a login before TLS",
  },
  "require-milter-tempfail": {
    when: "mail passes while the filter is away",
    change: main("mx", "milter_default_action = tempfail", "milter_default_action = accept"),
    says: "main.cf has milter_default_action = accept",
  },
  "require-dkim-key-files": {
    when: "the key table names another file",
    change: inFile("alpha", "opendkim", "keytable", "keys/club.test.s1.pem", "keys/club.test.s2.pem"),
    says: "the key /run/conf/keys/club.test.s2.pem for *@club.test is not among its secret files",
  },
  "require-dkim-algorithm-of-key": {
    when: "the second signer is made one more of the first kind",
    change: inFile("alpha", "opendkim-ed25519", "opendkim.conf", "ed25519-sha256", "rsa-sha256"),
    says: "is of the kind ed25519, and it signs with rsa-sha256",
  },
  "require-signing-of-hosted-domains": {
    when: "a domain is left out of the signing table",
    change: inFile("alpha", "opendkim", "signingtable", /^.*club\.test.*\n/, ""),
    says: "mailkeep-local-alpha hosts club.test, but its signing table for rsa-sha256 has no line for it",
  },
  "require-role-addresses": {
    when: "abuse reaches nobody",
    change: inFile("alpha", "couchmail", "directory.json", "abuse@club.test", "misuse@club.test"),
    says: "abuse@club.test reaches nobody",
  },
  "require-durable-mail-storage": {
    when: "the queue is in the container",
    change: inService("alpha", "mx", { volumes: [] }),
    says: "the queue, /var/spool/postfix, lies in the container",
  },
  "require-trusted-clients": {
    when: "ManageSieve is there for everybody",
    change: inFile("alpha", "edge", "haproxy.cfg", "bind 198.51.100.11:993", "bind 198.51.100.11:4190"),
    says: "haproxy.cfg binds 198.51.100.11:4190 for everybody",
  },
  "require-tlsa-of-key": {
    when: "a site changes its key at once",
    change: inResource("tls:index/certRequest:CertRequest", "site/alpha", (props) => ({
      ...props,
      privateKeyPem: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
        type: "pkcs8",
        format: "pem",
      }),
    })),
    says: "_25._tcp.alpha.mailkeep.test lacks the key that mailkeep-local-alpha serves with",
  },
  "require-ledger-of-keys": {
    when: "a domain is left out of the ledger",
    change: inResource("ledger:index:KeyLedger", "keys", (props) => {
      const { "dkim/club.test/s1": left, ...keys } = fields(props["keys"]);
      return left === undefined ? props : { ...props, keys };
    }),
    says: "mailkeep-local-alpha signs with dkim/club.test/s1, which is not in use by the ledger of keys",
  },
  "require-rotation-order": {
    when: "the next selector signs before it has been published for an hour",
    change: inResource("ledger:index:KeyLedger", "keys", (props) => {
      const { asOf } = props;
      const line = { line: "dkim/home.test", announced: true, waitSeconds: 3600 };
      const key = { ...line, inUse: true, publishedAt: asOf, usedSince: asOf };
      return { ...props, keys: { ...fields(props["keys"]), "dkim/home.test/s2": key } };
    }),
    says: "dkim/home.test/s2 would be used by the update that publishes it",
  },
  "require-mta-sts-served": {
    when: "a site's policy lacks an MX host",
    change: inFile("alpha", "edge", "web/mta-sts-enforce.txt", "mx: bravo.mailkeep.test\r\n", ""),
    says: "mailkeep-local-alpha serves a policy without the MX host bravo.mailkeep.test",
  },
  "require-mx-tlsa": {
    when: "one MX target has lost its TLSA record",
    change: zone("mailkeep.test", /^_25\._tcp\.bravo\.mailkeep\.test\. .*\n/, ""),
    says: "the MX target bravo.mailkeep.test has no TLSA record for port 25",
  },
  "require-null-mx": {
    when: "a domain has a DMARC record and no mail",
    change: zone("home.test", /$(?![\s\S])/, '_dmarc.idle.home.test. 60 IN TXT "v=DMARC1; p=reject"\n'),
    says: "idle.home.test has no mail and no null MX",
  },
  "require-tls-rpt-record": {
    when: "nobody is told of trouble with TLS",
    change: zone("home.test", "_smtp._tls.home.test", "_smtp.home.test"),
    says: "_smtp._tls.home.test has 0 records of TLS reporting",
  },
  "require-mta-sts-record": {
    when: "nothing tells of a policy that is served",
    change: zone("home.test", "_mta-sts.home.test", "mta-sts-was.home.test"),
    says: "_mta-sts.home.test has 0 records of it",
  },
  "require-service-records": {
    when: "mail programs do not find IMAP",
    change: zone("home.test", "_imaps._tcp.home.test", "_imapz._tcp.home.test"),
    says: "_imaps._tcp.home.test has no SRV record",
  },
  "require-caa-record": {
    when: "any authority may certify a site",
    change: zone("mailkeep.test", /^alpha\.mailkeep\.test\. \d+ IN CAA .*\n/, ""),
    says: "alpha.mailkeep.test is certified, and no CAA record says by whom",
  },
  "disallow-wildcard-certificate": {
    when: "a site asks for a wildcard",
    change: inResource("tls:index/certRequest:CertRequest", "site/alpha", (props) => ({
      ...props,
      dnsNames: ["alpha.mailkeep.test", "*.mailkeep.test"],
    })),
    says: "mailkeep-local-alpha asks for a certificate for *.mailkeep.test",
  },
};

describeProgram("policy/mail", rules, SLIPS, CLOUD_SLIPS);
