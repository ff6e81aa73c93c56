/** Slips in the template `production`, whose records are resources of Cloudflare's and whose sites are machines. */
import { generateKeyPairSync } from "node:crypto";
import { fields, word } from "../../../policy/read/values.ts";
import type { Slips } from "../../support/mutations.ts";
import type { FakeResource } from "../../support/policy.ts";
import { all, type Change, inFile, inResource, withoutResource, withResource } from "../../support/slips.ts";

const RECORD = "cloudflare:index/dnsRecord:DnsRecord";
const REQUEST = "tls:index/certRequest:CertRequest";

const record = (name: string, change: (props: FakeResource["props"]) => FakeResource["props"]): Change =>
  inResource(RECORD, name, change);
const withoutRecord = (name: string): Change => withoutResource(name, RECORD);

/** Puts one text in place of another in a record. */
function text(name: string, from: string | RegExp, to: string): Change {
  return record(name, (props) => {
    const before = word(props["content"]);
    const content = before.replace(from, to);
    if (content === before) throw new Error(`${name} has no ${String(from)}.`);
    return { ...props, content };
  });
}

const request = (name: string, props: FakeResource["props"]): Change =>
  inResource(REQUEST, name, (before) => ({ ...before, ...props }));

export const CLOUD_SLIPS: Slips = {
  "require-mx-record": {
    when: "a domain has no MX record",
    change: all(
      ...["alpha", "bravo", "charlie"].map((site) => withoutRecord(`club.example MX ${site}.mailkeep.example`)),
    ),
    says: "club.example has no MX record",
  },
  "require-redundant-mx": {
    when: "one site takes in the mail of a domain",
    change: all(...["bravo", "charlie"].map((site) => withoutRecord(`club.example MX ${site}.mailkeep.example`))),
    says: "club.example has mail taken in at 1 site (MX: alpha.mailkeep.example)",
  },
  "require-redundant-maildrops": {
    when: "two sites are taken away",
    change: all(withoutResource("bravo"), withoutResource("charlie")),
    says: "mailboxes are stored by mailkeep-production-alpha alone",
  },
  "require-mx-target-address": {
    when: "an MX target has lost its IPv6 address",
    change: withoutRecord("alpha.mailkeep.example AAAA alpha"),
    says: "the MX target alpha.mailkeep.example has no AAAA record",
  },
  "disallow-alias-mx-target": {
    when: "an MX target becomes an alias",
    change: record("alpha.mailkeep.example A alpha", (props) => ({
      ...props,
      type: "CNAME",
      content: "charlie.mailkeep.example",
    })),
    says: "the MX target alpha.mailkeep.example of club.example is an alias of charlie.mailkeep.example",
  },
  "disallow-proxied-mail-record": {
    when: "the provider answers for a host with its own addresses",
    change: record("alpha.mailkeep.example A alpha", (props) => ({ ...props, proxied: true })),
    says: "the A record alpha.mailkeep.example (192.0.2.13) is proxied",
  },
  "require-reverse-name": {
    when: "a droplet has a name that its mail does not say",
    change: inResource("digitalocean:index/droplet:Droplet", "alpha-machine", (props) => ({ ...props, name: "alpha" })),
    says: "has the PTR record alpha, but the site says HELO alpha.mailkeep.example",
  },
  "require-certificate-name": {
    when: "the certificate is for another name",
    change: request("site/alpha", {
      dnsNames: ["mail.mailkeep.example"],
      subject: { commonName: "mail.mailkeep.example" },
    }),
    says: "is for mail.mailkeep.example, not for alpha.mailkeep.example",
  },
  "require-spf-record": {
    when: "a domain has lost its SPF record",
    change: withoutRecord("club.example TXT"),
    says: "club.example has no SPF record",
  },
  "require-open-egress-port": {
    when: "nobody says that the account's port 25 is open",
    change: inResource("digitalocean:index/droplet:Droplet", "charlie-machine", (props) => ({
      ...props,
      tags: ["mailkeep-production"],
    })),
    says: "charlie.mailkeep.example sends mail directly, and DigitalOcean keeps port 25 closed for new accounts",
  },
  "require-spf-of-egress": {
    when: "Postfix is known by another address",
    change: inFile("alpha", "mx", "main.cf", /proxy_interfaces = \S+,/, "proxy_interfaces = 192.0.2.99,"),
    says: "lacks 192.0.2.99, which its mail leaves from",
  },
  "disallow-permissive-spf": {
    when: "SPF lets everybody send",
    change: text("club.example TXT", "-all", "+all"),
    says: "the SPF record of club.example ends in +all",
  },
  "require-spf-within-lookups": {
    when: "SPF names hosts instead of addresses",
    change: text("club.example TXT", "-all", `${"a:mail.mailkeep.example ".repeat(11)}-all`),
    says: "the SPF record of club.example needs 11 lookups",
  },
  "require-dkim-record": {
    when: "the selector that signs is not published",
    change: withoutRecord("s1._domainkey.club.example TXT"),
    says: "mailkeep-production-alpha signs for club.example, but s1._domainkey.club.example has no record",
  },
  "disallow-weak-dkim-key": {
    when: "a published key is cut off",
    change: text("s1._domainkey.club.example TXT", /p=MIIB.*$/, 'p=MIIB"'),
    says: "s1._domainkey.club.example holds no key that can be read",
  },
  "disallow-foreign-dkim-key": {
    when: "an alias leads to somebody else's key",
    change: withResource({
      type: RECORD,
      name: "x9",
      props: { name: "x9._domainkey.mailkeep.example", type: "CNAME", content: "keys.elsewhere.example" },
    }),
    says: "x9._domainkey.mailkeep.example is an alias of keys.elsewhere.example, so whoever keeps that signs as",
  },
  "require-dmarc-record": {
    when: "a domain has lost its DMARC record",
    change: withoutRecord("_dmarc.club.example TXT"),
    says: "club.example has no DMARC record",
  },
  "disallow-dmarc-none": {
    when: "DMARC only watches",
    change: text("_dmarc.club.example TXT", "p=reject", "p=none"),
    says: "_dmarc.club.example says none for club.example",
  },
  "require-dkim-key-files": {
    when: "the key table names another file",
    change: inFile("alpha", "opendkim", "keytable", "keys/club.example.s1.pem", "keys/club.example.s2.pem"),
    says: "the key /run/conf/keys/club.example.s2.pem for *@club.example is not among its secret files",
  },
  "require-dkim-algorithm-of-key": {
    when: "the signer is made one of the other kind",
    change: inFile("alpha", "opendkim", "opendkim.conf", "rsa-sha256", "ed25519-sha256"),
    says: "is of the kind rsa, and it signs with ed25519-sha256",
  },
  "require-signing-of-hosted-domains": {
    when: "a domain is left out of the signing table",
    change: inFile("alpha", "opendkim", "signingtable", /^.*@club\.example.*\n/, ""),
    says: "mailkeep-production-alpha hosts club.example, but its signing table for rsa-sha256 has no line for it",
  },
  "require-role-addresses": {
    when: "abuse reaches nobody",
    change: inFile("alpha", "couchmail", "directory.json", "abuse@club.example", "misuse@club.example"),
    says: "abuse@club.example reaches nobody",
  },
  "require-trusted-clients": {
    when: "ManageSieve is there for everybody",
    change: inFile("alpha", "edge", "haproxy.cfg", "bind 10.78.1.10:993", "bind 10.78.1.10:4190"),
    says: "haproxy.cfg binds 10.78.1.10:4190 for everybody",
  },
  "require-tlsa-of-key": {
    when: "a site changes its key at once",
    change: request("site/alpha", {
      privateKeyPem: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
        type: "pkcs8",
        format: "pem",
      }),
    }),
    says: "_25._tcp.alpha.mailkeep.example lacks the key that mailkeep-production-alpha serves with",
  },
  "require-ledger-of-keys": {
    when: "a domain is left out of the ledger",
    change: inResource("ledger:index:KeyLedger", "keys", (props) => {
      const { "dkim/club.example/s1": left, ...keys } = fields(props["keys"]);
      return left === undefined ? props : { ...props, keys };
    }),
    says: "mailkeep-production-alpha signs with dkim/club.example/s1, which is not in use by the ledger of keys",
  },
  "require-mta-sts-served": {
    when: "a site's policy lacks an MX host",
    change: inFile("alpha", "edge", "web/mta-sts-enforce.txt", "mx: bravo.mailkeep.example\r\n", ""),
    says: "mailkeep-production-alpha serves a policy without the MX host bravo.mailkeep.example",
  },
  "require-mta-sts-record": {
    when: "nothing tells of a policy that is served",
    change: withoutRecord("_mta-sts.club.example TXT"),
    says: "_mta-sts.club.example has 0 records of it",
  },
  "require-tls-rpt-record": {
    when: "nobody is told of trouble with TLS",
    change: withoutRecord("_smtp._tls.club.example TXT"),
    says: "_smtp._tls.club.example has 0 records of TLS reporting",
  },
  "require-mx-tlsa": {
    when: "one MX target has lost its TLSA records",
    change: (resources) =>
      ["site/bravo", "site/bravo/2"].reduce(
        (left, key) => withoutRecord(`_25._tcp.bravo.mailkeep.example TLSA ${key}`)(left),
        resources,
      ),
    says: "the MX target bravo.mailkeep.example has no TLSA record for port 25",
  },
  "require-null-mx": {
    when: "a domain has a DMARC record and no mail",
    change: withResource({
      type: RECORD,
      name: "_dmarc.idle.example TXT",
      props: { name: "_dmarc.idle.example", type: "TXT", content: '"v=DMARC1; p=reject"' },
    }),
    says: "idle.example has no mail and no null MX",
  },
  "require-service-records": {
    when: "mail programs do not find IMAP",
    change: withoutRecord("_imaps._tcp.club.example SRV"),
    says: "_imaps._tcp.club.example has no SRV record",
  },
  "require-caa-record": {
    when: "any authority may certify a site",
    change: all(
      ...["issue", "issuewild", "issuemail"].map((tag) => withoutRecord(`alpha.mailkeep.example CAA ${tag}`)),
    ),
    says: "alpha.mailkeep.example is certified, and no CAA record says by whom",
  },
  "disallow-wildcard-certificate": {
    when: "a site asks for a wildcard",
    change: request("site/alpha", { dnsNames: ["alpha.mailkeep.example", "*.mailkeep.example"] }),
    says: "mailkeep-production-alpha asks for a certificate for *.mailkeep.example",
  },
};
