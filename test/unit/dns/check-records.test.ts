/** A name that two parts of the settings want for records which cannot stand beside each other. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plan as makePlan } from "../../../components/plan/plan.ts";
import { systemRecords } from "../../../components/plan/system-records.ts";
import type { RecordSet } from "../../../components/plan/types.ts";
import { zonesArgs } from "../../../components/plan/zones-args.ts";
import { parseSettings } from "../../../components/settings/read.ts";
import { HASH, localRaw } from "../settings/local.ts";
import { problemsOf } from "../settings/problems.ts";

const changed = (changes: Readonly<Record<string, unknown>>): unknown => ({ ...localRaw(), ...changes });
/** Hosted beside the local stack's own. */
const hosting = (...names: readonly string[]): unknown =>
  changed({
    domains: [
      { name: "home.test" },
      { name: "club.test" },
      ...names.map((name) => ({ name, catchAll: ["ann@home.test"] })),
    ],
    dkim: {},
  });

const ALIAS = "which is an alias for the hosted domain home.test and has nothing beside it";
const COMMON = {
  wanted: "a name whose records are in nobody's way",
  fix: "choose another name, or take one of the two out",
};

describe("is refused, with its place", () => {
  it.each<[string, unknown, string, string]>([
    [
      "a parked domain of rewritten senders",
      changed({ parkedDomains: ["srs.mailkeep.test"] }),
      "parkedDomains[0]",
      "srs.mailkeep.test, whose MX record is that of the senders of forwarded mail",
    ],
    [
      "a parked domain where a hosted one has its policy",
      changed({ parkedDomains: ["parked.test", "mta-sts.home.test"] }),
      "parkedDomains[1]",
      `mta-sts.home.test, ${ALIAS}`,
    ],
    [
      "a hosted domain where another has its settings of mail programs",
      hosting("autoconfig.home.test"),
      "domains[2].name",
      `autoconfig.home.test, ${ALIAS}`,
    ],
    [
      "the same in the other order",
      changed({
        domains: [
          { name: "autodiscover.home.test", catchAll: ["ann@home.test"] },
          { name: "home.test" },
          { name: "club.test" },
        ],
        dkim: {},
      }),
      "domains[0].name",
      `autodiscover.home.test, ${ALIAS}`,
    ],
    [
      "the domain of the sites' names there",
      changed({ infrastructureDomain: "autoconfig.home.test" }),
      "infrastructureDomain",
      `autoconfig.home.test, ${ALIAS}`,
    ],
    [
      "a zone that begins there",
      changed({
        parkedDomains: ["a.autoconfig.home.test"],
        dnsZones: [{ name: "autoconfig.home.test", provider: "print" }],
      }),
      "dnsZones[0].name",
      `autoconfig.home.test, ${ALIAS}`,
    ],
  ])("%s", (_, raw, path, got) => expect(problemsOf(raw)).toEqual([{ path, got, ...COMMON }]));
});

describe("is taken", () => {
  it.each<[string, unknown]>([
    ["a hosted domain at the name of mail programs", hosting("mail.mailkeep.test")],
    [
      "a parked domain at the host of what is served over HTTPS",
      changed({ parkedDomains: ["wellknown.mailkeep.test"] }),
    ],
    ["a domain below another's alias", changed({ parkedDomains: ["a.mta-sts.home.test"] })],
    [
      "the name of a policy that the domain does not have",
      changed({
        domains: [{ name: "home.test", mtaSts: "off" }, { name: "club.test" }],
        dkim: {},
        parkedDomains: ["mta-sts.home.test"],
      }),
    ],
    ["hosted domains one below the other", hosting("a.home.test", "b.a.home.test")],
    ["the domain of the sites' names as a hosted one", hosting("mailkeep.test")],
  ])("%s", (_, raw) => expect(problemsOf(raw)).toEqual([]));
});

describe("for any settings that pass", () => {
  const label = fc.constantFrom(
    "srs",
    "mta-sts",
    "autoconfig",
    "autodiscover",
    "wellknown",
    "acme-proofs",
    "mail",
    "alpha",
    "bravo",
    "s1",
    "club",
  );
  const domain = fc
    .tuple(fc.array(label, { maxLength: 2 }), fc.constantFrom("home.example", "club.example"))
    .map(([labels, parent]) => [...labels, parent].join("."));
  const raw = fc.record({
    infrastructureDomain: domain,
    domains: fc.uniqueArray(domain, { minLength: 1, maxLength: 3 }),
    parkedDomains: fc.uniqueArray(domain, { maxLength: 3 }),
    sites: fc.uniqueArray(fc.constantFrom("alpha", "bravo", "club", "s1"), { minLength: 1, maxLength: 2 }),
    mtaSts: fc.constantFrom("enforce", "off"),
    clientName: fc.constantFrom("mail", "alpha", "club"),
    reportsTo: fc.constantFrom(undefined, "ann@elsewhere.example"),
    zones: fc.uniqueArray(domain, { maxLength: 2 }),
  });
  const settingsOf = ({
    domains,
    sites,
    mtaSts,
    reportsTo,
    zones,
    ...rest
  }: typeof raw extends fc.Arbitrary<infer T> ? T : never) => {
    const user = `ann@${domains[0] ?? ""}`;
    return {
      ...rest,
      sites: sites.map((name, index) => ({
        name,
        platform: "local",
        roles: index === 0 ? ["mx", "submission", "maildrop"] : ["mx", "submission"],
        addresses: { v4: `198.51.100.${11 + index}` },
        publishAddress: `127.0.2.${1 + index}`,
      })),
      domains: domains.map((name) => ({
        name,
        catchAll: [user],
        mtaSts,
        dkimStandby: ["s2"],
        ...(reportsTo !== undefined && { reportsTo }),
      })),
      dnsZones: zones.map((name) => ({ name, provider: "print" })),
      mailboxes: [{ address: user }],
      passwordHashes: { [user]: HASH },
    };
  };

  const typesByName = (sets: readonly RecordSet[]): ReadonlyMap<string, readonly string[]> => {
    const types = new Map<string, string[]>();
    for (const { name, type } of sets) types.set(name, [...(types.get(name) ?? []), type]);
    return types;
  };

  it("no name has two sets of a type, and an alias stands alone", () => {
    let passed = 0;
    let refused = 0;
    fc.assert(
      fc.property(raw, (one) => {
        const given = settingsOf(one);
        if (problemsOf(given).length > 0) {
          refused += 1;
          return;
        }
        passed += 1;
        const settings = parseSettings(given);
        const local = makePlan("local", settings).zones.flatMap(({ records }) => records);
        for (const sets of [systemRecords(zonesArgs(settings)), local]) {
          for (const [name, types] of typesByName(sets)) {
            expect(new Set(types).size, name).toBe(types.length);
            if (types.includes("CNAME")) expect(types, name).toEqual(["CNAME"]);
          }
        }
      }),
      { numRuns: 400 },
    );
    // Or nothing would have been looked at.
    expect(Math.min(passed, refused)).toBeGreaterThan(30);
  });
});
