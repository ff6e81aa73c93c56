/** What a domain says to mail programs, to authorities, to those who report, and when it has no mail. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatIssuer, parseIssuer } from "../../../components/dns/caa.ts";
import { recordData } from "../../../components/dns/record-data.ts";
import type { Plan } from "../../../components/plan/types.ts";
import { BY_HTTP, localPlan } from "../plan/plans.ts";

const lines = (plan: Plan, name: string): readonly string[] =>
  plan.zones
    .flatMap(({ records }) => records)
    .filter((set) => set.name === name)
    .flatMap((set) => recordData(set, ({ ref }) => ref).map((data) => `${set.type} ${data}`));

describe("mail programs find", () => {
  it.each([
    ["imaps", "0 1 993 mail.mailkeep.test."],
    ["submissions", "0 1 465 mail.mailkeep.test."],
    ["submission", "10 1 587 mail.mailkeep.test."],
    ["imap", "0 0 0 ."],
    ["pop3", "0 0 0 ."],
    ["pop3s", "0 0 0 ."],
    ["sieve", "0 0 0 ."],
  ])("%s at %s", (service, target) =>
    expect(lines(localPlan(), `_${service}._tcp.home.test`)).toEqual([`SRV ${target}`]),
  );

  it("IMAP with STARTTLS where it is offered", () =>
    expect(lines(localPlan({ imap143: true }), "_imap._tcp.home.test")).toEqual(["SRV 10 1 143 mail.mailkeep.test."]));
});

describe("a parked domain", () => {
  const plan = localPlan({ parkedDomains: ["parked.test"] });

  it("takes and sends no mail, and says so", () => {
    expect(lines(plan, "parked.test")).toEqual(["MX 0 .", 'TXT "v=spf1 -all"']);
    expect(lines(plan, "_dmarc.parked.test")).toEqual(['TXT "v=DMARC1; p=reject"']);
  });

  it("has a signed zone, and no key that signs mail", () => {
    expect(plan.zones.find(({ name }) => name === "parked.test")?.signingKey).toBe("zone/parked.test");
    expect(plan.keys.keys.filter(({ name }) => name.includes("parked"))).toEqual([
      { name: "zone/parked.test", algorithm: "ECDSA-P256" },
    ]);
  });
});

describe("reports", () => {
  const to = (reportsTo: string): Plan =>
    localPlan({ domains: [{ name: "home.test", reportsTo }, { name: "club.test" }] });

  it("go to the mailbox that is named, for DMARC and for TLS", () => {
    expect(lines(to("dora@club.test"), "_dmarc.home.test")).toEqual([
      'TXT "v=DMARC1; p=quarantine; rua=mailto:dora@club.test"',
    ]);
    expect(lines(to("dora@club.test"), "_smtp._tls.home.test")).toEqual([
      'TXT "v=TLSRPTv1; rua=mailto:dora@club.test"',
    ]);
  });

  it("are agreed to in the zone of their mailbox, where that is hosted here", () => {
    const plan = to("dora@club.test");
    const zone = plan.zones.find(({ name }) => name === "club.test");
    expect(zone?.records).toContainEqual({
      name: "home.test._report._dmarc.club.test",
      ttlSeconds: 3600,
      type: "TXT",
      texts: ["v=DMARC1;"],
    });
    expect(plan.published.elsewhere).toEqual([]);
  });

  it("that go elsewhere need a record that only its owner can publish, which the plan names", () => {
    const { elsewhere } = to("reports@reader.example").published;
    expect(elsewhere.map(({ name }) => name)).toEqual(["home.test._report._dmarc.reader.example"]);
  });
});

describe("certificates", () => {
  const caa = (acme: object, name = "alpha.mailkeep.test"): readonly string[] => lines(localPlan({ acme }), name);
  const issuer = (acme: object): string | undefined => caa(acme).find((line) => line.startsWith("CAA 0 issue "));

  it("may be issued by the one authority, by proof in DNS, and for no wildcard or mail address", () =>
    expect(caa({}, "mail.mailkeep.test").filter((line) => line.startsWith("CAA"))).toEqual([
      'CAA 0 issue "acme.mailkeep.test; validationmethods=dns-01"',
      'CAA 0 issuewild ";"',
      'CAA 0 issuemail ";"',
    ]));

  it.each([
    ["https://acme-v02.api.letsencrypt.org/directory", 'CAA 0 issue "letsencrypt.org; validationmethods=dns-01"'],
    [
      "https://acme-staging-v02.api.letsencrypt.org/directory",
      'CAA 0 issue "letsencrypt.org; validationmethods=dns-01"',
    ],
    ["https://acme.example/directory", undefined],
  ])("from %s: %s", (directory, line) => expect(issuer({ directory })).toBe(line));

  it("may be issued by proof over HTTP where the sites' zone takes no records from them, and then there are none", () => {
    const byHttp = localPlan(BY_HTTP);
    const all = byHttp.published.zones.flatMap(({ records }) => records);
    const issuers = all.flatMap((record) => (record.type === "CAA" ? record.properties : []));
    expect(issuers.filter(({ tag }) => tag === "issue")).toEqual([]);
    const named = localPlan({ ...BY_HTTP, acme: { ...BY_HTTP.acme, issuer: "ca.example" } }).published.zones;
    const values = named.flatMap(({ records }) => records).flatMap((one) => (one.type === "CAA" ? one.properties : []));
    expect(new Set(values.filter(({ tag }) => tag === "issue").map(({ value }) => value))).toEqual(
      new Set(["ca.example; validationmethods=http-01"]),
    );
    expect(all.map(({ name }) => name).filter((name) => name.startsWith("_acme-challenge"))).toEqual([]);
    expect(all.map(({ name }) => name)).toContain("mta-sts.home.test");
  });

  it("may be asked for by the one account that is named", () => {
    const directory = "https://acme.example/directory";
    expect(issuer({ directory, issuer: "ca.example", account: "https://acme.example/acct/7" })).toBe(
      'CAA 0 issue "ca.example; validationmethods=dns-01; accounturi=https://acme.example/acct/7"',
    );
  });

  it("have permissions that are read as they were written", () => {
    const one = fc.record({
      domain: fc.constantFrom("letsencrypt.org", "acme.mailkeep.test"),
      methods: fc.array(fc.constantFrom("dns-01", "http-01", "tls-alpn-01")),
      account: fc.option(fc.webUrl({ withQueryParameters: true }), { nil: undefined }),
    });
    fc.assert(
      fc.property(one, (issued) => {
        fc.pre(issued.account?.includes(";") !== true);
        expect(parseIssuer(formatIssuer(issued))).toEqual(issued);
      }),
    );
  });

  it.each(["", ";", "ca.test; policy=ev", "ca.test; accounturi=a b", "ca.test;validationmethods=dns-01"])(
    "%j is not read",
    (value) => expect(() => parseIssuer(value)).toThrow(SyntaxError),
  );
});
