/** Cases for the rules about DMARC records: that there is one, and that it asks for something in production. */
import type { RuleCases } from "../../../support/rule-cases.ts";
import { all, inFile } from "../../../support/slips.ts";
import { PRODUCTION, unknownZones, zone } from "../slips.ts";

export const dmarcCases: Readonly<Record<string, RuleCases>> = {
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
