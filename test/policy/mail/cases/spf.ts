/** Cases for the rules about SPF records in themselves: that there is one, how it ends, what it costs to read. */
import type { RuleCases } from "../../../support/rule-cases.ts";
import { all } from "../../../support/slips.ts";
import { unknownZones, zone } from "../slips.ts";

export const spfCases: Readonly<Record<string, RuleCases>> = {
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
  "disallow-permissive-spf": {
    refuses: [
      ["+all", zone("club.example", "-all", "+all"), "the SPF record of club.example ends in +all"],
      ["all without a sign", zone("club.example", "-all", "all"), "the SPF record of club.example ends in +all"],
      ["?all", zone("club.example", "-all", "?all"), "the SPF record of club.example ends in ?all"],
      ["nothing", zone("club.example", " -all", ""), "the SPF record of club.example says nothing of other senders"],
      [
        "a record of everybody that is included",
        all(
          zone("club.example", "-all", "include:all.example.net -all"),
          zone("example.net", /$(?![\s\S])/, 'all IN TXT "v=spf1 ip4:192.0.2.1 ?all"\n'),
          zone("example.net", "?all", "?mx include:any.example.net -all"),
          zone("example.net", /$(?![\s\S])/, 'any IN TXT "v=spf1 ptr -all"\n'),
        ),
        "the SPF record of any.example.net has ptr",
      ],
      [
        "everybody for a name of no domain",
        zone("example.net", /$(?![\s\S])/, '*.news IN TXT "v=spf1 +all"\n'),
        "the SPF record of *.news.example.net ends in +all, so anyone passes; use -all.",
      ],
      [
        "everybody in two halves",
        zone("club.example", "-all", "ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all"),
        "the SPF record of club.example lets most of the Internet send (0.0.0.0/1, 128.0.0.0/1)",
      ],
      [
        "everybody beside a host",
        zone("club.example", "-all", "a:mail.example.net/0 -all"),
        "lets most of the Internet",
      ],
      [
        "a name that is there for everybody",
        zone("club.example", "-all", "exists:example.org -all"),
        "the SPF record of club.example has exists:example.org, by which anyone may pass; name addresses.",
      ],
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
};
