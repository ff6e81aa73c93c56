/** Cases for the rules about DNS. */
import { all, inFile, inResource, nothing, withoutResource, withResource } from "../../support/slips.ts";
import { UNKNOWN } from "../../support/policy.ts";
import type { RuleCases } from "../../support/rule-cases.ts";
import { dkimOf, privateKey } from "./base.ts";

const PRODUCTION = { stack: "production" } as const;

const zone = (name: string, from: string | RegExp, to: string) => inFile("dns", "knot", `zones/${name}.zone`, from, to);
const unknownZones = inResource("compose:index:Release", "dns", (props) => ({ ...props, workloads: UNKNOWN }));
const main = (workload: string, from: string | RegExp, to: string) => inFile("alpha", workload, "main.cf", from, to);
const both = (from: string | RegExp, to: string) => all(main("mx", from, to), main("submission", from, to));

/** All mail of a site goes by another first. */
const byOther = (site: string) =>
  all(
    ...["mx", "submission"].map((workload) =>
      inFile(
        site,
        workload,
        "main.cf",
        /^mynetworks =$/,
        "mynetworks =\nrelayhost = [127.0.0.1]:10600, [127.0.0.1]:11027",
      ),
    ),
  );
const leftOut = all(
  byOther("bravo"),
  zone("example.org", "ip4:192.0.2.12 ip6:2001:db8::12 ", ""),
  zone("club.example", "ip4:192.0.2.12 ip6:2001:db8::12 ", ""),
  zone("example.net", /^(bravo .*)v=spf1 .* -all/, "$1v=spf1 -all"),
);
const relayed = all(
  main("mx", /^mynetworks =$/, "mynetworks =\nsmtp_fallback_relay = [smtp.provider.example]:587"),
  zone("example.org", "-all", "include:spf.provider.example -all"),
  zone("club.example", "-all", "include:spf.provider.example -all"),
);

export const recordCases: Readonly<Record<string, RuleCases>> = {
  "require-mx-record": {
    refuses: [
      [
        "a domain without MX",
        zone("club.example", /^@ .* MX .*\n/, ""),
        "club.example has no MX record; add one that names alpha.example.net or bravo.example.net.",
      ],
      [
        "a domain whose MX is elsewhere",
        zone("club.example", /MX 10 (alpha|bravo)\.example\.net/, "MX 10 mx.elsewhere.example"),
        "the MX records of club.example name mx.elsewhere.example, mx.elsewhere.example, none of this stack",
      ],
      ["a null MX", zone("club.example", /^(@ .* MX) .*\n/, "$1 0 .\n"), "the MX records of club.example name"],
    ],
    accepts: [["another order and class", zone("club.example", /^@ 3600 IN MX/, "@ IN 1h MX")]],
    unknown: [unknownZones],
  },
  "require-redundant-mx": {
    refuses: [
      [
        "one MX in production",
        zone("club.example", /^@ .* MX 10 bravo.*\n/, ""),
        "club.example has mail taken in at 1 site (MX: alpha.example.net); name hosts of two sites.",
        PRODUCTION,
      ],
      [
        "two names of one site",
        zone("club.example", "MX 10 bravo.example.net.", "MX 20 alpha.example.net."),
        "club.example has mail taken in at 1 site",
        PRODUCTION,
      ],
      [
        "one MX in a stack that is named",
        zone("club.example", /^@ .* MX 10 bravo.*\n/, ""),
        "club.example has mail taken in at 1 site",
        { stack: "live", config: { production: ["live"] } },
      ],
    ],
    accepts: [
      ["two MX in production", nothing, PRODUCTION],
      ["one MX elsewhere", zone("club.example", /^@ .* MX 10 bravo.*\n/, ""), { stack: "staging" }],
    ],
    unknown: [unknownZones, PRODUCTION],
  },
  "require-redundant-maildrops": {
    refuses: [
      [
        "one store of mail in production",
        withoutResource("bravo"),
        "mailboxes are stored by mailkeep-test-alpha alone; give a second site the role maildrop.",
        PRODUCTION,
      ],
    ],
    accepts: [
      ["two in production", nothing, PRODUCTION],
      ["one elsewhere", withoutResource("bravo"), { stack: "staging" }],
    ],
    unknown: [inResource("compose:index:Release", "alpha", (props) => ({ ...props, workloads: UNKNOWN })), PRODUCTION],
  },
  "require-mx-target-address": {
    refuses: [
      [
        "a target without A",
        zone("example.net", /^bravo .* A .*\n/, ""),
        "the MX target bravo.example.net has no A record",
      ],
      [
        "a target without AAAA, where its site sends by IPv6",
        zone("example.net", /^bravo .* AAAA .*\n/, ""),
        "has no AAAA record, though its site sends from 2001:0db8:0000:0000:0000:0000:0000:0012",
      ],
      [
        "a target that is nowhere",
        zone("club.example", "MX 10 bravo.example.net.", "MX 20 backup.elsewhere.example."),
        "the MX target backup.elsewhere.example has no A record",
      ],
    ],
    accepts: [
      [
        "a target elsewhere that is listed",
        zone("club.example", "MX 10 bravo.example.net.", "MX 20 backup.elsewhere.example."),
        { config: { elsewhere: ["backup.elsewhere.example"] } },
      ],
      ["a site without IPv6", all(zone("example.net", /^alpha .* AAAA .*\n/, ""), both(/^smtp_bind_address6.*\n/, ""))],
    ],
    unknown: [unknownZones],
  },
  "disallow-alias-mx-target": {
    refuses: [
      [
        "an alias, told for each of two domains' records once",
        all(
          zone("example.net", /^bravo .* A .*\n/, "bravo IN CNAME alpha\n"),
          zone("example.org", /^@ .* MX 10 bravo.*\n/, ""),
        ),
        "the MX target bravo.example.net of club.example is an alias of alpha.example.net",
      ],
      [
        "an alias at Google",
        all(
          withResource({
            type: "gcp:dns/recordSet:RecordSet",
            name: "bravo",
            props: {
              name: "bravo.example.net.",
              type: "CNAME",
              ttl: 60,
              managedZone: "z",
              rrdatas: ["alpha.example.net."],
            },
          }),
          zone("example.org", /^@ .* MX 10 bravo.*\n/, ""),
        ),
        "the MX target bravo.example.net of club.example is an alias of alpha.example.net",
      ],
    ],
    unknown: [unknownZones],
  },
  "disallow-proxied-mail-record": {
    refuses: [
      [
        "a host behind a proxy",
        withResource(cloudflare("alpha.example.net", "A", "192.0.2.11", true)),
        "the A record alpha.example.net (192.0.2.11) is proxied, so no mail reaches it; set proxied to false.",
      ],
      [
        "a host behind a proxy by IPv6 alone",
        withResource(cloudflare("alpha.example.net", "AAAA", "2001:db8::11", true)),
        "the AAAA record alpha.example.net",
      ],
    ],
    accepts: [
      ["a host that is not", withResource(cloudflare("alpha.example.net", "A", "192.0.2.11", false))],
      ["a web page that is", withResource(cloudflare("www.example.org", "A", "192.0.2.80", true))],
    ],
    unknown: [unknownZones],
  },
  "require-reverse-name": {
    refuses: [
      [
        "no PTR",
        zone("2.0.192.in-addr.arpa", /^11 .*\n/, ""),
        "192.0.2.11 has no PTR record, but the site says HELO alpha.example.net; set it to that.",
      ],
      [
        "another PTR",
        zone("2.0.192.in-addr.arpa", "alpha.example.net", "mail.example.net"),
        "192.0.2.11 has the PTR record mail.example.net, but the site says HELO alpha.example.net",
      ],
      [
        "two PTR",
        zone("2.0.192.in-addr.arpa", /^11 /, "11 IN PTR mail.example.net.\n11 "),
        "192.0.2.11 has the PTR record mail.example.net, alpha.example.net",
      ],
      [
        "no PTR for IPv6",
        zone("8.b.d.0.1.0.0.2.ip6.arpa", /^1\.1.*\n/, ""),
        "2001:0db8:0000:0000:0000:0000:0000:0011 has no PTR record",
      ],
      [
        "a name that does not lead back",
        zone("example.net", /^alpha .* A .*\n/, "alpha IN A 192.0.2.99\n"),
        "alpha.example.net sends from 192.0.2.11, but has no A record with it",
      ],
    ],
    accepts: [
      ["PTR kept by hand", zone("2.0.192.in-addr.arpa", /^11 .*\n/, ""), { config: { keptByHand: ["192.0.2.11"] } }],
      [
        "a site whose mail leaves by another server",
        all(
          both(/^mynetworks =/, "relayhost = [relay.example.net]\nmynetworks ="),
          zone("2.0.192.in-addr.arpa", /^11 .*\n/, ""),
        ),
      ],
    ],
    unknown: [unknownZones],
  },
  "require-certificate-name": {
    refuses: [
      [
        "a certificate for another name",
        inResource("tls:index/certRequest:CertRequest", "site/alpha", (props) => ({
          ...props,
          subject: { commonName: "mail.example.net" },
          dnsNames: ["mail.example.net"],
        })),
        "the certificate request of mailkeep-test-alpha is for mail.example.net, not for alpha.example.net",
      ],
      [
        "a request from elsewhere",
        inFile("alpha", "certs", "csr.pem", "request alpha", "another"),
        "the certificate request of mailkeep-test-alpha is none that this stack made, not for alpha.example.net",
      ],
    ],
    accepts: [
      [
        "the name as common name alone, in a list as older plugins have it",
        inResource("tls:index/certRequest:CertRequest", "site/alpha", (props) => ({
          ...props,
          subject: [{ commonName: "Alpha.example.net" }],
          dnsNames: [],
        })),
      ],
    ],
    unknown: [
      inResource("tls:index/certRequest:CertRequest", "site/alpha", (props) => ({ ...props, certRequestPem: UNKNOWN })),
    ],
  },
  "require-spf-record": {
    refuses: [
      ["a domain without SPF", zone("club.example", /^@ .*spf1.*\n/, ""), "club.example has no SPF record"],
      ["a HELO name without SPF", zone("example.net", /^bravo .*spf1.*\n/, ""), "bravo.example.net has no SPF record"],
      [
        "two SPF records",
        zone("club.example", /^(@ .*TXT) ("v=spf1.*)\n/, '$1 $2\n$1 "v=spf1 -all"\n'),
        "club.example has 2 SPF records",
      ],
      ["a record of another version", zone("club.example", "v=spf1 ", "v=spf10 "), "club.example has no SPF record"],
    ],
    accepts: [["upper case", zone("club.example", "v=spf1", "V=SPF1")]],
    unknown: [unknownZones],
  },
  "require-spf-of-egress": {
    refuses: [
      [
        "an address that is missing",
        zone("club.example", "ip4:192.0.2.12 ", ""),
        "the SPF record of club.example lacks 192.0.2.12, which its mail leaves from; add it.",
      ],
      [
        "an IPv6 address that is missing",
        zone("club.example", "ip6:2001:db8::12 ", ""),
        "the SPF record of club.example lacks 2001:0db8:0000:0000:0000:0000:0000:0012",
      ],
      [
        "an address too many",
        zone("club.example", "-all", "ip4:203.0.113.9 -all"),
        "the SPF record of club.example lets 203.0.113.9 send, which no site does",
      ],
      [
        "a network in place of addresses",
        zone("club.example", "-all", "ip4:192.0.2.0/24 -all"),
        "the SPF record of club.example lets 192.0.2.0/24 send",
      ],
      [
        "somebody else's record",
        zone("club.example", "-all", "include:_spf.elsewhere.example -all"),
        "the SPF record of club.example lets _spf.elsewhere.example send",
      ],
      [
        "an address that is refused by name",
        zone("club.example", "ip4:192.0.2.12", "-ip4:192.0.2.12"),
        "the SPF record of club.example lacks 192.0.2.12",
      ],
      [
        "an address of a site that sends by another alone",
        all(leftOut, zone("club.example", "-all", "ip4:192.0.2.12 -all")),
        "the SPF record of club.example lets 192.0.2.12 send, which no site does",
      ],
      [
        "nothing for mail that leaves by a relay",
        all(relayed, zone("club.example", "include:spf.provider.example ", "")),
        "the SPF record of club.example has nothing for mail that leaves by [smtp.provider.example]:587",
      ],
      [
        "a relay's senders for a HELO name",
        all(relayed, zone("example.net", /^(bravo .*) -all/, "$1 include:spf.provider.example -all")),
        "the SPF record of bravo.example.net lets spf.provider.example send",
      ],
      [
        "another site's address for a HELO name",
        zone("example.net", /^(bravo .*)ip4:192\.0\.2\.12/, "$1ip4:192.0.2.12 ip4:192.0.2.11"),
        "the SPF record of bravo.example.net lets 192.0.2.11 send",
      ],
    ],
    accepts: [
      ["what a relay's operator names", relayed],
      ["a site that sends by another alone, and is left out", leftOut],
      [
        "a site that sends by another first, and by itself at last",
        all(
          byOther("bravo"),
          ...["mx", "submission"].map((workload) =>
            inFile(
              "bravo",
              workload,
              "master.cf",
              /^pickup/,
              "127.0.0.1:11027 inet n - n - - smtpd -o { content_filter = smtp: }\npickup",
            ),
          ),
        ),
      ],
      ["names of the stack", zone("club.example", /v=spf1 .* -all/, "v=spf1 mx -all")],
      ["a record of the stack", zone("club.example", /v=spf1 .* -all/, "v=spf1 include:example.org -all")],
      ["a redirect", zone("club.example", /v=spf1 .* -all/, "v=spf1 redirect=example.org")],
      ["prefix lengths of single addresses", zone("club.example", "ip4:192.0.2.12", "ip4:192.0.2.12/32")],
      ["another way to write IPv6", zone("club.example", "ip6:2001:db8::12", "ip6:2001:DB8:0:0:0:0:0:12/128")],
      [
        "other senders that are listed",
        zone("club.example", "-all", "ip4:203.0.113.9 include:_spf.elsewhere.example -all"),
        { config: { otherSenders: ["203.0.113.9", "_spf.elsewhere.example"] } },
      ],
    ],
    unknown: [unknownZones],
  },
  "disallow-permissive-spf": {
    refuses: [
      ["+all", zone("club.example", "-all", "+all"), "the SPF record of club.example ends in +all"],
      ["all without a sign", zone("club.example", "-all", "all"), "the SPF record of club.example ends in +all"],
      ["?all", zone("club.example", "-all", "?all"), "the SPF record of club.example ends in ?all"],
      ["nothing", zone("club.example", " -all", ""), "the SPF record of club.example says nothing of other senders"],
    ],
    accepts: [
      ["~all", zone("club.example", "-all", "~all")],
      ["what a redirect says", zone("club.example", /v=spf1 .* -all/, "v=spf1 redirect=example.org")],
    ],
    unknown: [unknownZones],
  },
  "require-spf-within-lookups": {
    refuses: [
      [
        "eleven lookups",
        zone("club.example", "-all", `${"a:alpha.example.net ".repeat(11)}-all`),
        "the SPF record of club.example needs 11 lookups, more than 10; name addresses instead.",
      ],
      [
        "lookups of a record that is included",
        all(
          zone("club.example", "-all", "include:alpha.example.net -all"),
          zone("example.net", /^(alpha .*)-all/, `$1${"exists:%{i}.example.net ".repeat(10)}-all`),
        ),
        "the SPF record of club.example needs 11 lookups",
      ],
    ],
    accepts: [["ten lookups", zone("club.example", "-all", `${"a:alpha.example.net ".repeat(10)}-all`)]],
    unknown: [unknownZones],
  },
  "require-dkim-record": {
    refuses: [
      [
        "a selector that is not published, told by the one site that uses it",
        inFile("alpha", "opendkim", "keytable", "club.example:s1", "club.example:s9"),
        "mailkeep-test-alpha signs for club.example, but s9._domainkey.club.example has no record; publish its key.",
      ],
      [
        "another key in use, told by the one site that uses it",
        inFile("alpha", "opendkim", "keys/club.example.pem", /^[^]*$/, privateKey()),
        "mailkeep-test-alpha signs for club.example with another key than s1._domainkey.club.example has",
      ],
    ],
    unknown: [unknownZones],
  },
  "disallow-weak-dkim-key": {
    refuses: [
      [
        "a key of 1024 bits",
        zone("club.example", /p=.*$/, `p=${dkimOf(1024)}"`),
        "s1._domainkey.club.example has a key of 1024 bits, fewer than 2048",
      ],
      [
        "half a key",
        zone("club.example", /p=.*$/, 'p=MIIBIjANBgkq"'),
        "s1._domainkey.club.example holds no key that can be read",
      ],
      [
        "2048 bits where more are wanted, of the one domain that has a key",
        zone("example.org", /^s1.*\n/, ""),
        "s1._domainkey.club.example has a key of 2048 bits, fewer than 3072",
        { config: { minimumBits: 3072 } },
      ],
    ],
    accepts: [
      ["a revoked key", zone("club.example", /p=.*$/, 'p="')],
      ["Ed25519", zone("club.example", /k=rsa; p=.*$/, 'k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="')],
    ],
    unknown: [unknownZones],
  },
  "require-dmarc-record": {
    refuses: [
      [
        "no DMARC",
        zone("club.example", /^_dmarc.*\n/, ""),
        "club.example has no DMARC record; publish one at _dmarc.club.example.",
      ],
      ["two records", zone("club.example", /^(_dmarc.*)\n/, "$1\n$1\n"), "_dmarc.club.example has 2 DMARC records"],
      [
        "a policy that does not exist",
        zone("club.example", "p=reject", "p=bounce"),
        "the DMARC record _dmarc.club.example has p=bounce",
      ],
    ],
    accepts: [
      [
        "the record of the domain above",
        all(
          inFile("alpha", "couchmail", "directory.json", '"club.example"', '"lists.example.org"'),
          inFile("bravo", "couchmail", "directory.json", '"club.example"', '"lists.example.org"'),
        ),
      ],
    ],
    unknown: [unknownZones],
  },
  "disallow-dmarc-none": {
    refuses: [
      [
        "none in production",
        zone("club.example", "p=reject", "p=none"),
        "_dmarc.club.example says none for club.example",
        PRODUCTION,
      ],
      [
        "none for subdomains in production",
        all(
          zone("example.org", "p=reject", "p=reject; sp=none"),
          inFile("alpha", "couchmail", "directory.json", '"club.example"', '"lists.example.org"'),
        ),
        "_dmarc.example.org says none for lists.example.org",
        PRODUCTION,
      ],
    ],
    accepts: [["none elsewhere", zone("club.example", "p=reject", "p=none"), { stack: "staging" }]],
    unknown: [unknownZones, PRODUCTION],
  },
};

function cloudflare(name: string, type: string, content: string, proxied: boolean) {
  const props = { zoneId: "z", name, type, content, ttl: 1, proxied };
  return { type: "cloudflare:index/dnsRecord:DnsRecord", name: `${type} ${name}`, props };
}
