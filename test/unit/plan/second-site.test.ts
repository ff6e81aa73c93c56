/** A second site comes: what must change does, and nothing else. */
import { describe, expect, it } from "vitest";
import { formatZone } from "../../../components/dns/zone-file.ts";
import type { Ref } from "../../../components/plan/text.ts";
import type { Plan } from "../../../components/plan/types.ts";
import { ALPHA, BRAVO, localPlan, siteOf } from "./plans.ts";

const one = localPlan({ sites: [ALPHA] });
const two = localPlan({ sites: [ALPHA, BRAVO] });

function records(plan: Plan): readonly string[] {
  const named = (ref: Ref): string => ("key" in ref ? `<${ref.key}>` : ref.ref);
  return plan.zones.flatMap((zone) => formatZone(zone, named).split("\n"));
}

const added = <T>(before: readonly T[], after: readonly T[]): readonly T[] =>
  after.filter((item) => !before.includes(item));

describe("when bravo comes", () => {
  it("alpha stays as it is: none of its containers is started anew", () =>
    expect(siteOf(two, "alpha")).toEqual(siteOf(one, "alpha")));

  it("so do the world and the flows", () => {
    expect(two.world).toEqual(one.world);
    expect(two.flows).toEqual(one.flows);
  });

  it("it has the same workloads as alpha", () =>
    expect(siteOf(two, "bravo").workloads.map(({ name }) => name)).toEqual(
      siteOf(two, "alpha").workloads.map(({ name }) => name),
    ));

  it("nothing of alpha is in bravo", () => {
    const text = JSON.stringify(siteOf(two, "bravo"));
    for (const word of ["alpha", '198.51.100.11"', '100::11"', "10.77.1.", '127.0.1.1"'])
      expect(text).not.toContain(word);
  });

  it("keys and passwords of its own are added", () => {
    const names = (plan: Plan): readonly string[] =>
      [...plan.keys.keys, ...plan.keys.certificates, ...plan.keys.requests, ...plan.keys.passwords].map(
        ({ name }) => name,
      );
    expect(added(names(one), names(two))).toEqual(["site/bravo", "site/bravo", "site/bravo", "valkey/bravo"]);
    expect(added(names(two), names(one))).toEqual([]);
  });

  it("records name it, and those that hold all senders change", () => {
    expect(added(records(one), records(two))).toEqual([
      "bravo.mailkeep.test. 60 IN A 198.51.100.12",
      "bravo.mailkeep.test. 60 IN AAAA 2001:db8:100::12",
      'bravo.mailkeep.test. 3600 IN TXT "v=spf1 ip4:198.51.100.12 ip6:2001:db8:100::12 -all"',
      "mail.mailkeep.test. 60 IN A 198.51.100.12",
      "mail.mailkeep.test. 60 IN AAAA 2001:db8:100::12",
      ...[25, 465, 587, 993].map((port) => TLSA(port, "bravo.mailkeep.test")),
      ...[465, 587, 993].map((port) => TLSA(port, "mail.mailkeep.test")),
      'bravo.mailkeep.test. 3600 IN CAA 0 issue "acme.mailkeep.test; validationmethods=dns-01"',
      'bravo.mailkeep.test. 3600 IN CAA 0 issuewild ";"',
      'bravo.mailkeep.test. 3600 IN CAA 0 issuemail ";"',
      "home.test. 3600 IN MX 10 bravo.mailkeep.test.",
      SPF("home.test"),
      "club.test. 3600 IN MX 10 bravo.mailkeep.test.",
      SPF("club.test"),
      "12.100.51.198.in-addr.arpa. 3600 IN PTR bravo.mailkeep.test.",
      "2.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.8.b.d.0.1.0.0.2.ip6.arpa. 3600 IN PTR bravo.mailkeep.test.",
    ]);
    expect(added(records(two), records(one))).toEqual([
      'home.test. 3600 IN TXT "v=spf1 ip4:198.51.100.11 ip6:2001:db8:100::11 -all"',
      'club.test. 3600 IN TXT "v=spf1 ip4:198.51.100.11 ip6:2001:db8:100::11 -all"',
    ]);
  });
});

const SPF = (domain: string): string =>
  `${domain}. 3600 IN TXT "v=spf1 ip4:198.51.100.11 ip6:2001:db8:100::11 ip4:198.51.100.12 ip6:2001:db8:100::12 -all"`;

const TLSA = (port: number, host: string): string => `_${port}._tcp.${host}. 3600 IN TLSA 3 1 1 <site/bravo>`;

it("a site that only takes mail in is no place to send from or to read at", () => {
  const plan = localPlan({ sites: [ALPHA, { ...BRAVO, roles: ["mx"] }] });
  expect(records(plan).filter((line) => /^mail\.mailkeep\.test\. .* A+ /.test(line))).toEqual([
    "mail.mailkeep.test. 60 IN A 198.51.100.11",
    "mail.mailkeep.test. 60 IN AAAA 2001:db8:100::11",
  ]);
  expect(records(plan).filter((line) => line.includes("<site/bravo>"))).toEqual([TLSA(25, "bravo.mailkeep.test")]);
  expect(siteOf(plan, "bravo").workloads.map(({ name }) => name)).not.toContain("submission");
});
