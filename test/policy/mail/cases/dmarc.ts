/** Cases for the rules about DMARC records: that there is one, and that it asks for something in production. */
import type { RuleCases } from "../../../support/rule-cases.ts";
import type { RunOptions } from "../../../support/policy.ts";
import { all, type Change, inFile } from "../../../support/slips.ts";
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
        "a version that does not come first",
        zone("club.example", "v=DMARC1; p=reject", "p=reject; v=DMARC1"),
        "club.example has no DMARC record",
      ],
      [
        "two policies in one record",
        zone("club.example", "p=reject", "p=none; p=reject"),
        "the DMARC record _dmarc.club.example has p more than once, and receivers differ in which counts; keep one.",
      ],
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
      ...["sp=none", "np=none"].map((tag): [string, Change, string, RunOptions] => [
        `${tag} in production`,
        zone("club.example", "p=reject", `p=reject; ${tag}`),
        `_dmarc.club.example says none for names below it (${tag}); use quarantine or reject, or take it out.`,
        PRODUCTION,
      ]),
      ...["t=y", "pct=0"].map((tag): [string, Change, string, RunOptions] => [
        `${tag} in production`,
        zone("club.example", "p=reject", `p=reject; ${tag}`),
        `_dmarc.club.example has ${tag}, by which receivers do less than it says; take it out.`,
        PRODUCTION,
      ]),
      [
        "none of a domain without mail in production",
        zone("parked.example", "p=reject", "p=none"),
        "_dmarc.parked.example says none; use quarantine or reject.",
        PRODUCTION,
      ],
      [
        "none of a domain above in production",
        all(
          zone("example.org", "p=reject", "p=none"),
          ...["alpha", "bravo"].map((site) =>
            inFile(site, "couchmail", "directory.json", '"name":"example.org"', '"name":"lists.example.org"'),
          ),
        ),
        "_dmarc.example.org says none for lists.example.org; use quarantine or reject.",
        PRODUCTION,
      ],
    ],
    accepts: [
      ["all of it", zone("club.example", "p=reject", "p=reject; pct=100; t=n; sp=quarantine"), PRODUCTION],
      ["none elsewhere", zone("club.example", "p=reject", "p=none"), { stack: "staging" }],
    ],
    unknown: [unknownZones, PRODUCTION],
  },
};
