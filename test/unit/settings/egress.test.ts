/** What ways out and relays in the settings must hold. */
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { threeSitesRaw } from "./local.ts";
import { problemsOf } from "./problems.ts";

describe("a way out", () => {
  const relay = { name: "smart", host: "smart.example", senders: { includes: ["spf.smart.example"] } };
  const three = threeSitesRaw();
  const sites = z.array(z.looseObject({})).parse(three["sites"]);
  const ways = (...egress: readonly unknown[]): Record<string, unknown> => ({
    ...three,
    relays: [relay],
    sites: sites.map((site, index) => (egress[index] === undefined ? site : { ...site, egress: egress[index] })),
  });
  const withRelay = (changes: object, more: object = {}): unknown => ({
    ...three,
    relays: [{ ...relay, ...changes }],
    ...more,
  });
  const found = (raw: unknown): string[] => problemsOf(raw).map(({ path, got }) => `${path}: ${got}`);

  it.each([
    ["directly", ways(["direct"])],
    ["all kinds, in any order", ways([{ relay: "smart" }, { via: "bravo" }, "direct", { via: "charlie" }])],
    [
      "by each other, with ways of their own",
      ways(["direct", { via: "bravo" }], [{ via: "alpha" }, { relay: "smart" }]),
    ],
    ["by another that has a relay alone", ways([{ relay: "smart" }], [{ via: "alpha" }])],
    ["a login", withRelay({ user: "me" }, { relayPasswords: { smart: "it is: #1" } })],
    [
      "a relay in a private network",
      withRelay({ tls: "none", senders: { addresses: ["192.0.2.0/24", "2001:db8::1"] } }),
    ],
  ])("may be %s", (_, raw) => expect(problemsOf(raw)).toEqual([]));

  it.each<[string, unknown, ...string[]]>([
    ["is one of three", ways(["dircet"]), 'sites[0].egress[0]: "dircet"'],
    ["is there at all", ways([]), "sites[0].egress: an empty list"],
    [
      "is listed once",
      ways(["direct", { via: "bravo" }, { via: "bravo" }]),
      "sites[0].egress[2]: via bravo, which sites[0].egress[1] has too",
    ],
    ["is not by the site itself", ways([{ via: "alpha" }]), "sites[0].egress[0].via: alpha, the site itself"],
    ["is by a site that there is", ways([{ via: "delta" }]), "sites[0].egress[0].via: delta"],
    [
      "ends somewhere",
      ways([{ via: "bravo" }], [{ via: "alpha" }]),
      "sites[0].egress[0].via: bravo, whose own mail leaves by way of other sites alone",
      "sites[1].egress[0].via: alpha, whose own mail leaves by way of other sites alone",
    ],
    [
      "is by a site that can queue the same",
      {
        ...three,
        sites: sites.map((site, i) =>
          i === 1 ? { ...site, egress: [{ via: "charlie" }] } : i === 2 ? { ...site, roles: ["mx"] } : site,
        ),
      },
      "sites[1].egress[0].via: charlie, which has not the role submission",
    ],
    ["is by a relay that is described", ways([{ relay: "clever" }]), "sites[0].egress[0].relay: clever"],
    ["by a relay is in SPF", withRelay({ senders: {} }), "relays[0].senders: neither addresses nor includes"],
    [
      "by a relay begins without TLS",
      withRelay({ port: 465 }),
      "relays[0].port: 465, where TLS is there from the start",
    ],
    [
      "by a relay shows no password to anybody",
      withRelay({ user: "me", tls: "none" }, { relayPasswords: { smart: "secret" } }),
      "relays[0].tls: none, with a login",
    ],
    ["by a relay with a login has a password", withRelay({ user: "me" }), "relays[0].user: me without a password"],
    [
      "by a relay without a login has none",
      withRelay({}, { relayPasswords: { smart: "secret", clever: "secret" } }),
      'relayPasswords["smart"]: a password for a relay without a user',
      'relayPasswords["clever"]: a password for a relay without a user',
    ],
    [
      "by a relay is described once",
      { ...three, relays: [relay, relay] },
      "relays[1].name: smart, which relays[0] has too",
      "relays[1].host: smart.example:587, which relays[0] has too",
    ],
    [
      "costs receivers no more than ten lookups",
      {
        ...ways([{ relay: "smart" }]),
        relays: [{ ...relay, senders: { includes: Array.from({ length: 11 }, (_, i) => `spf${i}.smart.example`) } }],
      },
      "sites[*].egress: ways out whose SPF record would need 13 DNS lookups, and more for what the included names include",
    ],
  ])("%s", (_, raw, ...problems) => expect(found(raw)).toEqual(problems));
});
