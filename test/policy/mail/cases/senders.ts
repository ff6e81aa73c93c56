/** Cases for the rules about who may send: SPF, DKIM, DMARC. */
import { type FakeResource, UNKNOWN } from "../../../support/policy.ts";
import type { RuleCases } from "../../../support/rule-cases.ts";
import { all, inFile, withResource } from "../../../support/slips.ts";
import { dkimOf, privateKey } from "../base/dkim-keys.ts";
import { main, PRODUCTION, unknownZones, zone } from "../slips.ts";

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

const droplet = (more: Readonly<Record<string, unknown>>): FakeResource => ({
  type: "digitalocean:index/droplet:Droplet",
  name: "bravo-machine",
  props: { name: "bravo.example.net", ...more },
});
const instance: FakeResource = {
  type: "gcp:compute/instance:Instance",
  name: "bravo-machine",
  props: { name: "mailkeep-test-bravo", hostname: "bravo.example.net" },
};

export const senderCases: Readonly<Record<string, RuleCases>> = {
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
  "require-open-egress-port": {
    refuses: [
      [
        "a droplet that sends by a closed port",
        withResource(droplet({ tags: ["mailkeep-test"] })),
        "bravo.example.net sends mail directly, and DigitalOcean keeps port 25 closed for new accounts;",
      ],
      [
        "a droplet without any tag",
        withResource(droplet({})),
        "have it opened and say egressPort25: confirmed, or send by another way",
      ],
      [
        "an instance of Google's, whatever it is called there",
        withResource(instance),
        "bravo.example.net sends mail directly, and Google Cloud never lets mail out on port 25; send by another site or by a relay.",
      ],
      [
        "an instance that tries a relay first",
        all(relayed, withResource({ ...instance, props: { hostname: "ALPHA.example.net" } })),
        "alpha.example.net sends mail directly",
      ],
    ],
    accepts: [
      [
        "a droplet of an account that may send",
        withResource(droplet({ tags: ["mailkeep-egress-port-25-confirmed", "mailkeep-test"] })),
      ],
      ["an instance whose mail leaves by another site", all(leftOut, withResource(instance))],
      ["a machine that is no site", withResource({ ...instance, props: { hostname: "build.example.net" } })],
    ],
    unknown: [withResource(droplet({ tags: UNKNOWN }))],
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
      [
        "another Ed25519 key in use",
        inFile("alpha", "opendkim-ed25519", "keys/club.example.e1.pem", /^[^]*$/, privateKey("ed25519")),
        "mailkeep-test-alpha signs for club.example with another key than e1._domainkey.club.example has",
      ],
    ],
    unknown: [unknownZones],
  },
  "disallow-weak-dkim-key": {
    refuses: [
      [
        "a key of 1024 bits",
        zone("club.example", /rsa; p=.*$/, `rsa; p=${dkimOf(1024)}"`),
        "s1._domainkey.club.example has a key of 1024 bits, fewer than 2048",
      ],
      [
        "half a key",
        zone("club.example", /rsa; p=.*$/, 'rsa; p=MIIBIjANBgkq"'),
        "s1._domainkey.club.example holds no key that can be read",
      ],
      [
        "the DER of an Ed25519 key, where its 32 octets belong",
        zone(
          "club.example",
          /ed25519; p=.*$/,
          `ed25519; p=MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="`,
        ),
        "e1._domainkey.club.example holds no key that can be read",
      ],
      [
        "2048 bits where more are wanted, of the one domain that has a key",
        zone("example.org", /^s1.*\n/, ""),
        "s1._domainkey.club.example has a key of 2048 bits, fewer than 3072",
        { config: { minimumBits: 3072 } },
      ],
    ],
    accepts: [
      ["a revoked key", zone("club.example", /rsa; p=.*$/, 'rsa; p="')],
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
