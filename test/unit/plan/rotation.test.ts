/** Keys that follow one another, as the plan has them: names, times, certificates and records of each step. */
import { describe, expect, it } from "vitest";
import { resolveText } from "../../../components/plan/text.ts";
import type { Plan } from "../../../components/plan/types.ts";
import { localPlan } from "./plans.ts";
import { threeSitesRaw } from "../settings/local.ts";

const HOUR = 3600;
const DAY = 24 * HOUR;
const { sites } = threeSitesRaw();

const uses = (plan: Plan, line: string): (readonly [string, boolean, number, number])[] =>
  plan.keyUses
    .filter((key) => key.line === line)
    .map(({ name, inUse, waitSeconds, lingerSeconds }) => [name, inUse, waitSeconds, lingerSeconds]);

function file(plan: Plan, site: string, path: string): string {
  const edge = plan.sites.find(({ name }) => name === site)?.workloads.find(({ name }) => name === "edge");
  return resolveText(edge?.files[path] ?? "", (ref) => `<${JSON.stringify(ref)}>`);
}

describe("keys that follow one another", () => {
  it("are the selectors of a domain, for as long as name servers and queues remember", () => {
    const domains = [{ name: "home.test", dkimSelector: "s2", dkimStandby: ["s1", "s3"] }, { name: "club.test" }];
    const plan = localPlan({ domains, queue: { lifetimeMinutes: 1440 } });
    expect(uses(plan, "dkim/home.test")).toEqual([
      ["dkim/home.test/s2", true, HOUR, DAY],
      ["dkim/home.test/s1", false, HOUR, DAY],
      ["dkim/home.test/s3", false, HOUR, DAY],
    ]);
    expect(uses(plan, "dkim/mailkeep.test")).toEqual([["dkim/mailkeep.test/s1", true, HOUR, DAY]]);
  });

  it("are the keys of a site's certificate", () => {
    const plan = localPlan({ tlsKeys: [{ site: "alpha", serves: 2, standby: [1] }] });
    expect(uses(plan, "tls/alpha")).toEqual([
      ["site/alpha/2", true, HOUR, HOUR],
      ["site/alpha", false, HOUR, HOUR],
    ]);
  });

  it("are the secrets of SRS, of which the last may be forgotten", () => {
    expect(uses(localPlan({ rotation: { srs: 2 } }), "srs")).toEqual([
      ["srs/2", true, 0, 21 * DAY],
      ["srs/1", false, 0, 21 * DAY],
      ["srs/3", false, 0, 21 * DAY],
    ]);
    const forgotten = localPlan({ rotation: { srs: 2, srsBelieveLast: false } });
    expect(uses(forgotten, "srs").map(([name]) => name)).toEqual(["srs/2", "srs/3"]);
    expect(forgotten.keys.passwords.map(({ name }) => name)).not.toContain("srs/1");
  });

  it("are those of the link, where there is one", () => {
    const one = localPlan({ rotation: { link: {}, linkAuthority: { signs: 1, believed: [2] } } });
    expect(one.keyUses.filter(({ line }) => line === "ca" || line.startsWith("link"))).toEqual([]);
    const plan = localPlan({ sites, rotation: { link: { bravo: 3 }, linkAuthority: { signs: 2, believed: [1] } } });
    expect(uses(plan, "ca")).toEqual([
      ["link-ca/2", true, 0, 0],
      ["link-ca", false, 0, 0],
    ]);
    expect(plan.keyUses.filter(({ line }) => line === "link/bravo")).toMatchObject([
      { name: "link/bravo/3", inUse: true, announced: false },
    ]);
  });
});

describe("a selector that was revoked", () => {
  it("has a record without a key, and no key", () => {
    const plan = localPlan({
      domains: [{ name: "home.test", dkimSelector: "s2", dkimRetired: ["s1"] }, { name: "club.test" }],
    });
    const records = plan.zones.flatMap((zone) => zone.records);
    expect(records.find(({ name }) => name === "s1._domainkey.home.test")).toEqual({
      name: "s1._domainkey.home.test",
      ttlSeconds: HOUR,
      type: "TXT",
      texts: ["v=DKIM1; k=rsa; p="],
    });
    expect(plan.keys.keys.map(({ name }) => name)).not.toContain("dkim/home.test/s1");
  });
});

describe("the link", () => {
  const certificate = (plan: Plan, name: string): object | undefined =>
    plan.keys.certificates.find((one) => one.name === name);
  const changed = (rotation: object): Plan => localPlan({ sites, rotation });

  it("believes two authorities while they change, and has certificates of one", () => {
    const believing = changed({ linkAuthority: { signs: 1, believed: [2] } });
    const authorities = ["link-ca", "link-ca/2"].map((name) => `<{"ref":"certificatePem","certificate":"${name}"}>`);
    expect(file(believing, "bravo", "link-ca.pem")).toBe(authorities.join(""));
    expect(certificate(believing, "link/bravo")).toMatchObject({ issuer: "link-ca" });
    const issuing = changed({ linkAuthority: { signs: 2, believed: [1] } });
    expect(file(issuing, "bravo", "link-ca.pem")).toBe(authorities.toReversed().join(""));
    expect(certificate(issuing, "link/bravo")).toMatchObject({ issuer: "link-ca/2" });
    const over = changed({ linkAuthority: { signs: 2 } });
    expect(file(over, "bravo", "link-ca.pem")).toBe(authorities[1]);
    expect(certificate(over, "link-ca")).toBeUndefined();
  });

  it("tells two authorities apart by their names", () => {
    const plan = changed({ linkAuthority: { signs: 1, believed: [2] } });
    expect(certificate(plan, "link-ca")).toMatchObject({ commonName: "mailkeep link CA" });
    expect(certificate(plan, "link-ca/2")).toMatchObject({ commonName: "mailkeep link CA 2" });
  });

  it("gives one site another key, and touches no other site", () => {
    const [before, after] = [changed({}), changed({ link: { bravo: 2 } })];
    expect(certificate(after, "link/bravo")).toMatchObject({ key: "link/bravo/2" });
    expect(file(after, "bravo", "link.pem")).toContain('"key":"link/bravo/2"');
    for (const site of ["alpha", "charlie"])
      expect(after.sites.find(({ name }) => name === site)).toEqual(before.sites.find(({ name }) => name === site));
  });
});
