/** Cases for the rules about the way that mail leaves by: that it is open, and that SPF records name it. */
import { type FakeResource, UNKNOWN } from "../../../support/policy.ts";
import type { RuleCases } from "../../../support/rule-cases.ts";
import { all, type Change, inFile, withResource } from "../../../support/slips.ts";
import { main, unknownZones, zone } from "../slips.ts";

const ONE_MX = "@ 3600 IN MX 10 bravo.example.net.\n";

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

export const egressCases: Readonly<Record<string, RuleCases>> = {
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
        "whatever address the machine chooses",
        main("mx", /^smtp_bind_address6.*\n/, ""),
        "alpha.example.net sends from whatever address its machine chooses, for smtp_bind_address6 is not set; set it",
      ],
      [
        "an address of a client's own",
        all(
          inFile(
            "alpha",
            "mx",
            "master.cf",
            /^pickup /,
            "smtp unix - - n - - smtp\n    -o smtp_bind_address=192.0.2.99\npickup ",
          ),
          ...["example.org", "club.example"].map((domain) => zone(domain, "-all", "ip4:192.0.2.99 -all")),
        ),
        "the SPF record of alpha.example.net lacks 192.0.2.99, which its mail leaves from",
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
      ...[
        ["a:elsewhere.example", "lets elsewhere.example send"],
        ["mx:elsewhere.example", "lets elsewhere.example send"],
        ["a:mail.example.net/24", "lets 192.0.2.11/24 send"],
        ["mx//64", "lets 2001:0db8:0000:0000:0000:0000:0000:0011/64 send"],
        ["exists:%{i}.elsewhere.example", "lets exists:%{i}.elsewhere.example send"],
        ["ptr:elsewhere.example", "lets ptr:elsewhere.example send"],
      ].map(([term = "", says = ""]): [string, Change, string] => [
        `whom ${term} lets send`,
        // One message for each of two sites.
        all(
          zone("example.net", "mail 60 IN A 192.0.2.12\n", ""),
          zone("club.example", ONE_MX, ""),
          zone("club.example", "-all", `${term} -all`),
        ),
        `the SPF record of club.example ${says}, which no site does`,
      ]),
      [
        "an address that stands behind the last word",
        zone("club.example", /ip4:192\.0\.2\.12 (.*)-all/, "$1-all ip4:192.0.2.12"),
        "the SPF record of club.example lacks 192.0.2.12",
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
};
