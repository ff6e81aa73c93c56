/** Which records a system has, and in which zone each lies. */
import { describe, expect, it } from "vitest";
import { isBelow } from "../../../components/dns/names.ts";
import { mailDomainRecords } from "../../../components/dns/plan.ts";
import { reverseRecords, siteRecords, type DnsSite } from "../../../components/dns/site-records.ts";
import type { Plan, RecordSet, Zone } from "../../../components/plan/types.ts";
import { localPlan, MUCH, PLANS } from "../plan/plans.ts";

function zoneOf(plan: Plan, name: string): Zone {
  const zone = plan.zones.find((one) => one.name === name);
  if (zone === undefined) throw new Error(`There is no zone ${name}.`);
  return zone;
}

const heads = (records: readonly RecordSet[]): readonly string[] => records.map(({ name, type }) => `${name} ${type}`);

/** What a domain has so that its names are served over HTTPS. */
const web = (domain: string): string[] => [
  ...["mta-sts", "autoconfig", "autodiscover"].flatMap((label) => [
    `${label}.${domain} CNAME`,
    `_acme-challenge.${label}.${domain} CNAME`,
  ]),
  `_mta-sts.${domain} TXT`,
];

describe("the zones of the local stack", () => {
  const plan = localPlan();

  it("are those of its domains, of the foreign domain and of both address ranges", () =>
    expect(plan.zones.map(({ name }) => name)).toEqual([
      "mailkeep.test",
      "home.test",
      "club.test",
      "parked.test",
      "outside.test",
      "100.51.198.in-addr.arpa",
      "0.0.0.0.0.0.1.0.8.b.d.0.1.0.0.2.ip6.arpa",
    ]));

  it("have a hosted domain's MX, SPF, DKIM, DMARC, TLS reports, and what it offers to mail programs", () =>
    expect(heads(zoneOf(plan, "home.test").records)).toEqual([
      ...web("home.test"),
      "home.test MX",
      "home.test TXT",
      "s1._domainkey.home.test TXT",
      "e1._domainkey.home.test TXT",
      "s2._domainkey.home.test TXT",
      "e2._domainkey.home.test TXT",
      "_dmarc.home.test TXT",
      "_smtp._tls.home.test TXT",
      "_imaps._tcp.home.test SRV",
      "_imap._tcp.home.test SRV",
      "_submissions._tcp.home.test SRV",
      "_submission._tcp.home.test SRV",
      "_pop3s._tcp.home.test SRV",
      "_pop3._tcp.home.test SRV",
      "_sieve._tcp.home.test SRV",
    ]));

  it("have the sites' names, the name for mail programs and the domain's own policies", () =>
    expect(heads(zoneOf(plan, "mailkeep.test").records)).toEqual([
      "alpha.mailkeep.test A",
      "alpha.mailkeep.test AAAA",
      "alpha.mailkeep.test TXT",
      "mail.mailkeep.test A",
      "mail.mailkeep.test AAAA",
      "_25._tcp.alpha.mailkeep.test TLSA",
      "_465._tcp.alpha.mailkeep.test TLSA",
      "_587._tcp.alpha.mailkeep.test TLSA",
      "_993._tcp.alpha.mailkeep.test TLSA",
      "_465._tcp.mail.mailkeep.test TLSA",
      "_587._tcp.mail.mailkeep.test TLSA",
      "_993._tcp.mail.mailkeep.test TLSA",
      "alpha.mailkeep.test CAA",
      "mail.mailkeep.test CAA",
      "wellknown.mailkeep.test A",
      "wellknown.mailkeep.test AAAA",
      "wellknown.mailkeep.test CAA",
      "srs.mailkeep.test MX",
      "srs.mailkeep.test TXT",
      "_dmarc.srs.mailkeep.test TXT",
      "mailkeep.test TXT",
      "_dmarc.mailkeep.test TXT",
      "s1._domainkey.mailkeep.test TXT",
      "e1._domainkey.mailkeep.test TXT",
      "ns.mailkeep.test A",
      "ns.mailkeep.test AAAA",
      "acme.mailkeep.test A",
      "acme.mailkeep.test AAAA",
    ]));

  it("give each address the name that its server says", () => {
    const pointers = plan.zones.flatMap(({ records }) =>
      records.flatMap((set) => (set.type === "PTR" ? set.targets.map((target) => [set.name.slice(0, 6), target]) : [])),
    );
    expect(pointers).toEqual([
      ["11.100", "alpha.mailkeep.test"],
      ["4.100.", "mail.outside.test"],
      // Nobody's, until a test takes it.
      ["253.10", "listed.outside.test"],
      ["5.100.", "mail.fickle.outside.test"],
      ["1.1.0.", "alpha.mailkeep.test"],
      ["4.0.0.", "mail.outside.test"],
      ["5.0.0.", "mail.fickle.outside.test"],
    ]);
  });
});

describe("the infrastructure domain, when it is hosted too,", () => {
  const { records } = zoneOf(localPlan(MUCH), "mailkeep.test");
  const apex = records.filter(({ name }) => name === "mailkeep.test");

  it("has MX, one SPF record with the sites, one key of each kind and one policy", () => {
    expect(heads(apex)).toEqual(["mailkeep.test MX", "mailkeep.test TXT"]);
    const spf = apex.flatMap((set) => (set.type === "TXT" ? set.texts : []));
    expect(spf).toEqual([
      "v=spf1 ip4:198.51.100.11 ip6:2001:db8:100::11 ip4:198.51.100.12 ip6:2001:db8:100::12 ip4:192.0.2.0/28 include:spf.provider.example -all",
    ]);
    expect(heads(records).filter((head) => /(_dmarc|_domainkey)\.mailkeep/.test(head))).toEqual([
      "s1._domainkey.mailkeep.test TXT",
      "e1._domainkey.mailkeep.test TXT",
      "_dmarc.mailkeep.test TXT",
    ]);
  });
});

describe("a hosted domain below another", () => {
  const plan = localPlan(MUCH);

  it("is a zone of its own, with its records and its key", () => {
    expect(heads(zoneOf(plan, "lists.home.test").records)).toEqual([
      ...web("lists.home.test"),
      "lists.home.test MX",
      "lists.home.test TXT",
      "s1._domainkey.lists.home.test TXT",
      "e1._domainkey.lists.home.test TXT",
      "_dmarc.lists.home.test TXT",
      "_smtp._tls.lists.home.test TXT",
      "_imaps._tcp.lists.home.test SRV",
      "_imap._tcp.lists.home.test SRV",
      "_submissions._tcp.lists.home.test SRV",
      "_submission._tcp.lists.home.test SRV",
      "_pop3s._tcp.lists.home.test SRV",
      "_pop3._tcp.lists.home.test SRV",
      "_sieve._tcp.lists.home.test SRV",
    ]);
    expect(zoneOf(plan, "lists.home.test").signingKey).toBe("zone/lists.home.test");
  });

  it("has no record in the zone above it", () =>
    expect(zoneOf(plan, "home.test").records.filter(({ name }) => isBelow(name, "lists.home.test"))).toEqual([]));
});

describe.each(PLANS)("in the plan of %s", (_, plan) => {
  const all = plan.zones.flatMap(({ name: zone, records }) => records.map((set) => ({ zone, set })));

  it("every record lies in its zone, and each name and type is there once", () => {
    for (const { zone, set } of all) expect(isBelow(set.name, zone), `${set.name} in ${zone}`).toBe(true);
    const keys = all.map(({ set }) => `${set.name} ${set.type}`);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  it("no set is empty", () => {
    for (const { set } of all) {
      const values = [
        "addresses" in set ? set.addresses : [],
        "targets" in set ? set.targets : [],
        "exchanges" in set ? set.exchanges : [],
        "texts" in set ? set.texts : [],
        "associations" in set ? set.associations : [],
        "properties" in set ? set.properties : [],
        "services" in set ? set.services : [],
      ];
      expect(values.flat().length, `${set.name} ${set.type}`).toBeGreaterThan(0);
    }
  });

  it("every MX and every PTR leads to a name with an address", () => {
    const named = new Set(all.filter(({ set }) => set.type === "A" || set.type === "AAAA").map(({ set }) => set.name));
    for (const { set } of all) {
      // The empty name is the root: no mail there.
      if (set.type === "MX") for (const { host } of set.exchanges) if (host !== "") expect(named).toContain(host);
      if (set.type === "PTR") for (const target of set.targets) expect(named).toContain(target);
    }
  });

  it("every zone is signed, and the resolver is given its key", () => {
    const resolver = plan.sites[0]?.workloads.find(({ name }) => name === "unbound")?.files["unbound.conf"] ?? "";
    // In the real world the providers sign, and the resolver begins at the root.
    const keys = plan.zones.flatMap(({ signingKey }) => (signingKey === undefined ? [] : [signingKey]));
    expect(keys).toHaveLength(plan.world === undefined ? 0 : plan.zones.length);
    for (const key of keys) expect(resolver).toContainEqual({ ref: "dnskey", key });
  });

  it("every hosted name has a policy for mail that pretends to come from it", () => {
    for (const { name, records } of plan.zones.filter((zone) => !zone.name.endsWith(".arpa"))) {
      expect(heads(records)).toContain(`_dmarc.${name} TXT`);
      expect(heads(records)).toContain(`${name} TXT`);
    }
  });
});

describe("what sites are for", () => {
  const site = (changes: Partial<DnsSite>): DnsSite => ({
    hostname: "alpha.mailkeep.test",
    roles: ["mx", "submission", "maildrop"],
    ingress: { v4: "198.51.100.11", v6: undefined },
    egress: { v4: "198.51.100.11", v6: undefined },
    waysOut: [{ kind: "direct" }],
    named: true,
    tlsKeys: ["site/alpha"],
    ...changes,
  });
  const domain = {
    domain: "home.test",
    keys: [{ selector: "s1", key: "k", algorithm: "rsa" as const }],
    revoked: [],
    dmarcPolicy: "none" as const,
    reportsTo: "postmaster@home.test",
    services: undefined,
  };

  it("only those that take mail in are exchanges, all of one preference", () => {
    const sites = [site({}), site({ hostname: "b.test", roles: ["submission"] }), site({ hostname: "c.test" })];
    const [mx] = mailDomainRecords({ ...domain, sites });
    expect(mx).toMatchObject({
      exchanges: [
        { preference: 10, host: "alpha.mailkeep.test" },
        { preference: 10, host: "c.test" },
      ],
    });
  });

  it("senders are where mail goes out, not where it comes in", () => {
    const sites = [site({ egress: { v4: "203.0.113.7", v6: "2001:db8::7" } })];
    const [, spf] = mailDomainRecords({ ...domain, sites });
    expect(spf).toMatchObject({ texts: ["v=spf1 ip4:203.0.113.7 ip6:2001:db8::7 -all"] });
  });

  it("both ways have their name, once each", () => {
    const egress = { v4: "203.0.113.7", v6: undefined };
    expect(heads(reverseRecords([site({ egress })]))).toEqual([
      "11.100.51.198.in-addr.arpa PTR",
      "7.113.0.203.in-addr.arpa PTR",
    ]);
    expect(reverseRecords([site({})])).toHaveLength(1);
  });

  it("the name for mail programs leads to those that serve them", () => {
    const sites = [site({}), site({ hostname: "b.test", roles: ["mx"] })];
    const records = siteRecords({ sites, clientHostname: "mail.mailkeep.test", imap143: false, issuer: undefined });
    expect(records.filter(({ name }) => name === "mail.mailkeep.test")).toEqual([
      { name: "mail.mailkeep.test", ttlSeconds: 60, type: "A", addresses: ["198.51.100.11"] },
    ]);
  });
});
