/** Cases for the rules about who takes mail in: MX records, their targets, and that one lost site is not all. */
import { UNKNOWN } from "../../../support/policy.ts";
import type { RuleCases } from "../../../support/rule-cases.ts";
import { all, inFile, inResource, nothing, withoutResource, withResource } from "../../../support/slips.ts";
import { both, PRODUCTION, unknownZones, zone } from "../slips.ts";

export const mxCases: Readonly<Record<string, RuleCases>> = {
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
      [
        "a second Dovecot that only answers who logs in",
        inFile("bravo", "dovecot", "dovecot.conf", "protocols = imap lmtp", "protocols ="),
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
        "an address of nobody's beside a site's own",
        zone("example.net", /^(bravo .* A .*\n)/, "$1bravo 60 IN A 203.0.113.66\n"),
        "the MX target bravo.example.net has the address 203.0.113.66, which is no site's, so mail goes there too; take it out.",
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
};
