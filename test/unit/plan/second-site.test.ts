/** A second site comes: what must change does, and nothing else. */
import { describe, expect, it } from "vitest";
import { formatMtaStsPolicy, mtaStsId } from "../../../components/dns/mta-sts.ts";
import { formatZone } from "../../../components/dns/zone-file.ts";
import { plan as makePlan } from "../../../components/plan/plan.ts";
import type { Ref } from "../../../components/plan/text.ts";
import type { Plan } from "../../../components/plan/types.ts";
import { ALPHA, BRAVO, localPlan, localSettings, siteOf, workloadOf } from "./plans.ts";

const one = localPlan({ sites: [ALPHA] });
const two = localPlan({ sites: [ALPHA, BRAVO] });

function records(plan: Plan): readonly string[] {
  const named = (ref: Ref): string => ("key" in ref ? `<${ref.key}>` : ref.ref);
  return plan.zones.flatMap((zone) => formatZone(zone, named).split("\n"));
}

const added = <T>(before: readonly T[], after: readonly T[]): readonly T[] =>
  after.filter((item) => !before.includes(item));

describe("when bravo comes", () => {
  it("only alpha's edge changes, which gets its end of the link, and none of its containers is made anew", () => {
    const [before, after] = [one, two].map((plan) => siteOf(plan, "alpha"));
    const others = (site: typeof before) => site?.workloads.filter(({ name }) => name !== "edge");
    expect(others(after)).toEqual(others(before));
    const edge = (plan: Plan) => ({ ...workloadOf(siteOf(plan, "alpha"), "edge"), files: {} });
    expect(edge(two)).toEqual(edge(one));
  });

  it("the world stays as it is, and the link is the only new flow", () => {
    expect(two.world).toEqual(one.world);
    const known = new Set(one.flows.map((flow) => JSON.stringify(flow)));
    expect(two.flows.filter((flow) => !known.has(JSON.stringify(flow))).map(({ port }) => port)).toEqual([4433, 4433]);
    expect(two.flows).toHaveLength(one.flows.length + 2);
  });

  it("it asks for its certificate after alpha, for both prove the name that mail programs use", () => {
    const turn = (site: string) => workloadOf(siteOf(two, site), "certs").keeper.environment?.["ACME_TURN_SECONDS"];
    expect([turn("alpha"), turn("bravo")]).toEqual([undefined, "18"]);
  });

  it("it has the same workloads as alpha, and no volume for mailboxes", () => {
    const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);
    const [alpha, bravo] = [siteOf(two, "alpha"), siteOf(two, "bravo")];
    expect(names(bravo.workloads)).toEqual(names(alpha.workloads));
    expect(names(bravo.volumes)).toEqual(names(alpha.volumes).filter((name) => name !== "mail"));
  });

  it("nothing of alpha is in bravo but its end of the link", () => {
    const bravo = siteOf(two, "bravo");
    const text = JSON.stringify({ ...bravo, workloads: bravo.workloads.filter(({ name }) => name !== "edge") });
    for (const one of [/alpha/, /198\.51\.100\.11(?!\d)/, /100::11(?!\d)/, /10\.77\.1\./, /127\.0\.1\.1(?!\d)/])
      expect(text).not.toMatch(one);
    const edge = JSON.stringify(workloadOf(bravo, "edge"));
    for (const word of ["link/alpha", "100::11", "10.77.1.", "127.0.1.1"]) expect(edge).not.toContain(word);
  });

  it("keys and passwords of its own are added, and those of the link", () => {
    const names = ({ keys }: Plan): Record<string, readonly string[]> => ({
      keys: keys.keys.map(({ name }) => name),
      certificates: keys.certificates.map(({ name }) => name),
      requests: keys.requests.map(({ name }) => name),
      passwords: keys.passwords.map(({ name }) => name),
    });
    const [before, after] = [names(one), names(two)];
    const link = ["link-ca", "link/alpha", "link/bravo"];
    expect(
      Object.fromEntries(Object.keys(after).map((kind) => [kind, added(before[kind] ?? [], after[kind] ?? [])])),
    ).toEqual({
      keys: ["site/bravo", "web/bravo", ...link],
      certificates: ["site/bravo", ...link],
      requests: ["site/bravo", "web/bravo/1"],
      passwords: ["valkey/bravo"],
    });
    for (const kind of Object.keys(before)) expect(added(after[kind] ?? [], before[kind] ?? [])).toEqual([]);
  });

  it("records name it, and those that hold all senders change", () => {
    expect(added(records(one), records(two))).toEqual([
      "bravo.mailkeep.test. 60 IN A 198.51.100.12",
      "bravo.mailkeep.test. 60 IN AAAA 2001:db8:100::12",
      'bravo.mailkeep.test. 3600 IN TXT "v=spf1 ip4:198.51.100.12 ip6:2001:db8:100::12 -all"',
      "mail.mailkeep.test. 60 IN A 198.51.100.12",
      "mail.mailkeep.test. 60 IN AAAA 2001:db8:100::12",
      // Either may answer mail programs for the other, over the link and with its own key.
      ...[465, 587, 993].map((port) => TLSA(port, "alpha.mailkeep.test")),
      TLSA(25, "bravo.mailkeep.test"),
      ...[465, 587, 993].flatMap((port) =>
        ["alpha", "bravo"].map((site) => TLSA(port, "bravo.mailkeep.test", `site/${site}`)),
      ),
      ...[465, 587, 993].map((port) => TLSA(port, "mail.mailkeep.test")),
      'bravo.mailkeep.test. 3600 IN CAA 0 issue "acme.mailkeep.test; validationmethods=dns-01"',
      'bravo.mailkeep.test. 3600 IN CAA 0 issuewild ";"',
      'bravo.mailkeep.test. 3600 IN CAA 0 issuemail ";"',
      "wellknown.mailkeep.test. 60 IN A 198.51.100.12",
      "wellknown.mailkeep.test. 60 IN AAAA 2001:db8:100::12",
      "srs.mailkeep.test. 3600 IN MX 10 bravo.mailkeep.test.",
      SPF("srs.mailkeep.test"),
      policyOfBoth("home.test"),
      "home.test. 3600 IN MX 10 bravo.mailkeep.test.",
      SPF("home.test"),
      policyOfBoth("club.test"),
      "club.test. 3600 IN MX 10 bravo.mailkeep.test.",
      SPF("club.test"),
      "12.100.51.198.in-addr.arpa. 3600 IN PTR bravo.mailkeep.test.",
      "2.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.8.b.d.0.1.0.0.2.ip6.arpa. 3600 IN PTR bravo.mailkeep.test.",
    ]);
    expect(added(records(two), records(one)).filter((line) => !line.startsWith("_mta-sts."))).toEqual([
      'srs.mailkeep.test. 3600 IN TXT "v=spf1 ip4:198.51.100.11 ip6:2001:db8:100::11 -all"',
      'home.test. 3600 IN TXT "v=spf1 ip4:198.51.100.11 ip6:2001:db8:100::11 -all"',
      'club.test. 3600 IN TXT "v=spf1 ip4:198.51.100.11 ip6:2001:db8:100::11 -all"',
    ]);
  });
});

/** The policies name both sites, so their id is another. */
const policyOfBoth = (domain: string): string => {
  const policy = {
    mode: "enforce",
    exchanges: ["alpha.mailkeep.test", "bravo.mailkeep.test"],
    maxAgeSeconds: 604_800,
  } as const;
  return `_mta-sts.${domain}. 3600 IN TXT "v=STSv1; id=${mtaStsId(formatMtaStsPolicy(policy))};"`;
};

const SPF = (domain: string): string =>
  `${domain}. 3600 IN TXT "v=spf1 ip4:198.51.100.11 ip6:2001:db8:100::11 ip4:198.51.100.12 ip6:2001:db8:100::12 -all"`;

const TLSA = (port: number, host: string, key = "site/bravo"): string =>
  `_${port}._tcp.${host}. 3600 IN TLSA 3 1 1 <${key}>`;

it("a site that only takes mail in is no place to send from or to read at", () => {
  const plan = localPlan({ sites: [ALPHA, { ...BRAVO, roles: ["mx"] }] });
  expect(records(plan).filter((line) => /^mail\.mailkeep\.test\. .* A+ /.test(line))).toEqual([
    "mail.mailkeep.test. 60 IN A 198.51.100.11",
    "mail.mailkeep.test. 60 IN AAAA 2001:db8:100::11",
  ]);
  expect(records(plan).filter((line) => line.includes("<site/bravo>"))).toEqual([TLSA(25, "bravo.mailkeep.test")]);
  expect(siteOf(plan, "bravo").workloads.map(({ name }) => name)).not.toContain("submission");
});

describe("on standby", () => {
  const standby = localPlan({ sites: [ALPHA, { ...BRAVO, state: "standby" }] });

  it("no exchange and no service name leads to a site, but its own name, its reverse name and SPF stay", () => {
    expect(added(records(standby), records(two))).toEqual([
      "mail.mailkeep.test. 60 IN A 198.51.100.12",
      "mail.mailkeep.test. 60 IN AAAA 2001:db8:100::12",
      "wellknown.mailkeep.test. 60 IN A 198.51.100.12",
      "wellknown.mailkeep.test. 60 IN AAAA 2001:db8:100::12",
      "srs.mailkeep.test. 3600 IN MX 10 bravo.mailkeep.test.",
      "home.test. 3600 IN MX 10 bravo.mailkeep.test.",
      "club.test. 3600 IN MX 10 bravo.mailkeep.test.",
    ]);
    expect(added(records(two), records(standby))).toEqual([]);
  });

  it("it works as before", () => expect({ ...siteOf(standby, "bravo"), named: true }).toEqual(siteOf(two, "bravo")));

  it("is what a site is in while it joins", () => {
    const joining = makePlan("local", localSettings({ sites: [ALPHA, BRAVO] }), ["bravo"]);
    expect(records(joining)).toEqual(records(standby));
    expect(joining.sites).toEqual(standby.sites);
  });
});
