/** Keys in ordered steps: published before they are used, and until the last use is forgotten. */
import { describe, expect, it } from "vitest";
import type { RecordSet } from "../../../components/plan/types.ts";
import { ALPHA, BRAVO, localPlan, siteOf, workloadOf } from "../plan/plans.ts";

const sets = (changes: Readonly<Record<string, unknown>>): readonly RecordSet[] =>
  localPlan(changes).zones.flatMap(({ records }) => records);

const keysAt = (changes: Readonly<Record<string, unknown>>, name: string): readonly string[] =>
  sets(changes).flatMap((set) => {
    if (set.name !== name) return [];
    const texts = set.type === "TLSA" ? set.associations.map(({ data }) => data) : set.type === "TXT" ? set.texts : [];
    return texts.flat().flatMap((part) => (typeof part === "object" && "key" in part ? [part.key] : []));
  });

describe("a site's TLS key", () => {
  const served = (changes: Readonly<Record<string, unknown>>): string | undefined =>
    localPlan(changes).keys.certificates.find(({ name }) => name === "site/alpha")?.key;

  it.each([
    ["at rest", [], "site/alpha", ["site/alpha"]],
    ["with the next one published", [{ site: "alpha", standby: [2] }], "site/alpha", ["site/alpha", "site/alpha/2"]],
    [
      "changed, with the last one still published",
      [{ site: "alpha", serves: 2, standby: [1] }],
      "site/alpha/2",
      ["site/alpha/2", "site/alpha"],
    ],
    ["changed for good", [{ site: "alpha", serves: 2 }], "site/alpha/2", ["site/alpha/2"]],
  ])("%s", (_, tlsKeys, current, published) => {
    expect(served({ tlsKeys })).toBe(current);
    expect(keysAt({ tlsKeys }, "_25._tcp.alpha.mailkeep.test")).toEqual(published);
    const plan = localPlan({ tlsKeys });
    expect(plan.keys.keys.map(({ name }) => name).filter((name) => name.startsWith("site/"))).toEqual(published);
    // Its certificate is asked for while it waits. One whose time is over needs none.
    const next = published.filter((key) => current === "site/alpha" && key !== current);
    expect(plan.keys.requests.map(({ key }) => key)).toEqual([current, ...next, "web/alpha"]);
    const { files } = workloadOf(siteOf(plan, "alpha"), "mx");
    expect(Object.values(files)).toContainEqual([{ ref: "privateKeyPem", key: current }]);
    expect(Object.keys(workloadOf(siteOf(plan, "alpha"), "certs").files).includes("next.csr")).toBe(next.length > 0);
  });

  it("is one of all that may answer at the name for mail programs", () => {
    const changes = { sites: [ALPHA, BRAVO], tlsKeys: [{ site: "bravo", standby: [2] }] };
    expect(keysAt(changes, "_993._tcp.mail.mailkeep.test")).toEqual(["site/alpha", "site/bravo", "site/bravo/2"]);
    expect(keysAt(changes, "_25._tcp.mail.mailkeep.test")).toEqual([]);
  });
});

describe("a domain's DKIM key", () => {
  const domains = (dkimSelector: string, dkimStandby: readonly string[]): object => ({
    domains: [{ name: "home.test", dkimSelector, dkimStandby }, { name: "club.test" }],
  });
  const signs = (changes: object): string => {
    const { files } = workloadOf(siteOf(localPlan({ ...changes }), "alpha"), "opendkim");
    return JSON.stringify(files["keytable"]);
  };

  it.each([
    ["s1", ["s2"]],
    ["s2", ["s1", "s3"]],
    ["s2", []],
  ])("%s signs while %j are published too", (selector, standby) => {
    const changes = domains(selector, standby);
    for (const one of [selector, ...standby])
      expect(keysAt({ ...changes }, `${one}._domainkey.home.test`)).toEqual([`dkim/home.test/${one}`]);
    expect(signs(changes)).toContain(`home.test:${selector}:`);
    for (const one of standby) expect(signs(changes)).not.toContain(`home.test:${one}:`);
  });
});
