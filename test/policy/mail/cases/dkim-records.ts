/** Cases for the rules about DKIM keys that are published: that they are those in use, and strong. */
import type { RuleCases } from "../../../support/rule-cases.ts";
import { inFile } from "../../../support/slips.ts";
import { dkimOf, privateKey } from "../base/dkim-keys.ts";
import { unknownZones, zone } from "../slips.ts";

export const dkimRecordCases: Readonly<Record<string, RuleCases>> = {
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
};
