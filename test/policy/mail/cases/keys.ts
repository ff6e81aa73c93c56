/** Cases for the rules about keys that follow one another. */
import { fields } from "../../../../policy/read/values.ts";
import { UNKNOWN } from "../../../support/policy.ts";
import type { RuleCases } from "../../../support/rule-cases.ts";
import { all, type Change, inFile, inResource, withResource } from "../../../support/slips.ts";
import { tlsaOf } from "../base/certificates.ts";
import { NOW } from "../base/ledger.ts";
import { unknownZones } from "../slips.ts";

const LEDGER = "ledger:index:KeyLedger";
const NEXT = "dkim/example.org/s2";

const ledger = (change: Readonly<Record<string, unknown>>): Change =>
  inResource(LEDGER, "keys", (props) => ({ ...props, ...change }));
const key = (name: string, change: Readonly<Record<string, unknown>>): Change =>
  inResource(LEDGER, "keys", (props) => {
    const keys = fields(props["keys"]);
    return { ...props, keys: { ...keys, [name]: { ...fields(keys[name]), ...change } } };
  });
const left = (name: string, change: Readonly<Record<string, unknown>>): Change =>
  ledger({
    left: {
      [name]: {
        line: "dkim/example.org",
        announced: true,
        waitSeconds: 3600,
        lingerSeconds: 5 * 24 * 3600,
        publishedAt: "2026-01-01T12:00:00.000Z",
        ...change,
      },
    },
  });
/** The next key begins to sign in this update. */
const used = (publishedAt: string): Change => key(NEXT, { inUse: true, usedSince: NOW, publishedAt });

const zone = (from: string | RegExp, to: string): Change => inFile("dns", "knot", "zones/example.net.zone", from, to);

export const keyCases: Readonly<Record<string, RuleCases>> = {
  "require-rotation-order": {
    refuses: [
      [
        "a selector that signs in the update that publishes it",
        used(NOW),
        "dkim/example.org/s2 would be used by the update that publishes it",
      ],
      [
        "a selector that caches may not know yet",
        used("2026-05-01T11:00:00.001Z"),
        "dkim/example.org/s2 has been published since 2026-05-01T11:00:00.001Z, and others may not know it before 2026-05-01T12:00:00.001Z",
      ],
      [
        "a key that goes while it is in use",
        left("dkim/example.org/s0", { inUse: true, usedSince: "2026-01-01T12:00:00.000Z" }),
        "dkim/example.org/s0 was in use until now and would be gone at once",
      ],
      [
        "a key that goes while mail is under way",
        left("dkim/example.org/s0", {
          inUse: false,
          usedSince: "2026-01-01T12:00:00.000Z",
          usedUntil: "2026-04-27T12:00:00.000Z",
        }),
        "dkim/example.org/s0 was in use until 2026-04-27T12:00:00.000Z, and what it was used for may be under way until 2026-05-02T12:00:00.000Z",
      ],
      [
        "a key of another line than the one in a hurry",
        all(used(NOW), ledger({ hurried: ["dkim/club.example"] })),
        "dkim/example.org/s2 would be used by the update that publishes it",
      ],
    ],
    accepts: [
      ["a selector that has been published for an hour", used("2026-05-01T11:00:00.000Z")],
      ["one that is in a hurry", all(used(NOW), ledger({ hurried: ["dkim/example.org"] }))],
      ["a key that never was in use and goes", left("dkim/example.org/s0", { inUse: false })],
      [
        "a key that goes five days after its last use",
        left("dkim/example.org/s0", {
          inUse: false,
          usedSince: "2026-01-01T12:00:00.000Z",
          usedUntil: "2026-04-26T12:00:00.000Z",
        }),
      ],
      [
        "a domain that goes with its key",
        left("dkim/gone.example/s1", { line: "dkim/gone.example", inUse: true, usedSince: "2026-01-01T12:00:00.000Z" }),
      ],
    ],
    unknown: [ledger({ asOf: UNKNOWN })],
  },
  "require-ledger-of-keys": {
    refuses: [
      [
        "a selector that signs and is only published",
        inFile("alpha", "opendkim", "keytable", "example.org:s1:", "example.org:s2:"),
        "mailkeep-test-alpha signs with dkim/example.org/s2, which is not in use by the ledger of keys; register it there.",
      ],
      [
        "one that the ledger does not know",
        inFile("bravo", "opendkim", "keytable", "club.example:s1:", "club.example:s9:"),
        "mailkeep-test-bravo signs with dkim/club.example/s9, which is not in use",
      ],
    ],
    accepts: [
      [
        "a next key that signs, and is known to",
        all(
          key(NEXT, { inUse: true, usedSince: "2026-05-01T11:59:00.000Z" }),
          inFile("alpha", "opendkim", "keytable", "example.org:s1:", "example.org:s2:"),
        ),
      ],
    ],
    unknown: [ledger({ keys: UNKNOWN })],
  },
  "require-tlsa-of-key": {
    refuses: [
      [
        "a TLSA record of the next key alone",
        zone(new RegExp(`^_25._tcp.alpha .*${tlsaOf("alpha")}\\n`), ""),
        `_25._tcp.alpha.example.net lacks the key that mailkeep-test-alpha serves with (${tlsaOf("alpha")})`,
      ],
      [
        "a TLSA record of a key that is nowhere",
        zone(
          `_25._tcp.bravo 3600 IN TLSA 3 1 1 ${tlsaOf("spare")}`,
          `_25._tcp.bravo 3600 IN TLSA 3 1 1 ${"ab".repeat(32)}`,
        ),
        `_25._tcp.bravo.example.net names the key ${"ab".repeat(32)}, which this stack does not hold`,
      ],
      ...["2 1 1", "3 0 1", "3 1 2"].map((kind): [string, Change, string] => [
        `a key that is told as ${kind}`,
        zone(`TLSA 3 1 1 ${tlsaOf("bravo")}`, `TLSA ${kind} ${tlsaOf("bravo")}`),
        `_25._tcp.bravo.example.net has ${kind} in front of its key, and the key is the SHA-256 of a site's own: write 3 1 1`,
      ]),
      [
        "such a record at a provider",
        withResource({
          type: "cloudflare:index/dnsRecord:DnsRecord",
          name: "tlsa",
          props: {
            name: "_25._tcp.alpha.example.net",
            type: "TLSA",
            data: { usage: 3, selector: 1, matchingType: 1, certificate: "cd".repeat(32) },
          },
        }),
        `_25._tcp.alpha.example.net names the key ${"cd".repeat(32)}`,
      ],
    ],
    accepts: [
      ["a host without any", zone(/^_25._tcp.alpha .*\n/, "")],
      ["the key in use alone", zone(new RegExp(`^_25.*${tlsaOf("spare")}\\n`), "")],
      [
        "a key that a preview has no place for yet",
        withResource({ type: "tls:index/privateKey:PrivateKey", name: "new", props: { algorithm: "ECDSA" } }),
      ],
    ],
    unknown: [unknownZones],
  },
};
