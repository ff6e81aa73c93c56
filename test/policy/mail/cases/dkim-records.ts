/** Cases for the rules about DKIM keys that are published: that they are those in use, and strong. */
import { generateKeyPairSync } from "node:crypto";
import type { RuleCases } from "../../../support/rule-cases.ts";
import { all, type Change, inFile, withoutResource, withResource } from "../../../support/slips.ts";
import { dkimOf, ED25519_PUBLIC, privateKey } from "../base/dkim-keys.ts";
import { unknownZones, zone } from "../slips.ts";

/** The end of a file. */
const LAST = /$(?![\s\S])/;
const FOREIGN = dkimOf(2048);
const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
const SPARE = {
  dns: pair.publicKey.export({ type: "spki", format: "der" }).toString("base64"),
  resource: {
    type: "tls:index/privateKey:PrivateKey",
    name: "dkim/club.example/s2",
    props: { publicKeyPem: pair.publicKey.export({ type: "spki", format: "pem" }).toString() },
  },
};

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
        "a key of the other kind",
        all(
          withoutResource("bravo"),
          zone("club.example", /^s1.*\n/, `s1._domainkey IN TXT "k=ed25519; p=${ED25519_PUBLIC}"\n`),
        ),
        "signs for club.example with another key than s1._domainkey.club.example has",
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
      ...[
        ["t=y:s", "has t=y, by which receivers treat signed mail like unsigned; take it out."],
        ["h=sha1", "has h=sha1, and mail is signed with sha256; take it out."],
        ["s=tlsrpt", "has s=tlsrpt, which is not for mail; take it out."],
      ].map(([tag = "", says = ""]): [string, Change, string] => [
        `a key with ${tag}`,
        zone("club.example", "k=rsa;", `k=rsa; ${tag};`),
        `s1._domainkey.club.example ${says}`,
      ]),
      [
        "a key of another version",
        zone("club.example", "DKIM1; k=rsa", "DKIM2; k=rsa"),
        "has v=DKIM2, which receivers",
      ],
    ],
    accepts: [
      ["tags that say nothing else", zone("club.example", "k=rsa;", "k=rsa; t=s; h=sha1:sha256; s=email;")],
      ["a revoked key", zone("club.example", /rsa; p=.*$/, 'rsa; p="')],
      ["Ed25519", zone("club.example", /k=rsa; p=.*$/, 'k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="')],
    ],
    unknown: [unknownZones],
  },
  "disallow-foreign-dkim-key": {
    refuses: [
      [
        "a key of nobody here",
        zone(
          "club.example",
          LAST,
          `x9._domainkey IN TXT "v=DKIM1; k=rsa; p=${FOREIGN.slice(0, 200)}" "${FOREIGN.slice(200)}"\n`,
        ),
        "x9._domainkey.club.example has a key that this stack does not hold, so others sign as club.example; take x9 out, or list it.",
      ],
      [
        "one beside the own key",
        zone(
          "club.example",
          LAST,
          's1._domainkey IN TXT "k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="\n',
        ),
        "s1._domainkey.club.example has a key that this stack does not hold",
      ],
      [
        "an alias of somebody's record",
        zone("club.example", LAST, "x9._domainkey IN CNAME club.keys.elsewhere.example.\n"),
        "x9._domainkey.club.example is an alias of club.keys.elsewhere.example, so whoever keeps that signs as club.example;",
      ],
    ],
    accepts: [
      [
        "somebody else's that is listed",
        zone("club.example", LAST, "x9._domainkey IN CNAME club.keys.elsewhere.example.\n"),
        { config: { others: ["x9._domainkey.club.example"] } },
      ],
      [
        "a key that Pulumi has made and nobody uses yet",
        all(zone("club.example", LAST, `s2._domainkey IN TXT "p=${SPARE.dns}"\n`), withResource(SPARE.resource)),
      ],
      ["a revoked key", zone("club.example", LAST, 'x9._domainkey IN TXT "v=DKIM1; p="\n')],
      ["a key of another domain", zone("example.net", LAST, `x9._domainkey.elsewhere IN TXT "p=${SPARE.dns}"\n`)],
    ],
    unknown: [unknownZones],
  },
};
