/** The same for any sound settings, however many sites and domains: names do not collide, references lead somewhere. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { isBelow } from "../../../components/dns/names.ts";
import { formatZone } from "../../../components/dns/zone-file.ts";
import { plan as makePlan } from "../../../components/plan/plan.ts";
import { parseSettings } from "../../../components/settings/read.ts";
import { internetAddress, SITE_HOSTS } from "../../../components/world/addresses.ts";
import { HASH } from "../settings/local.ts";
import { groupsOf } from "./plans.ts";

const word = fc.stringMatching(/^[a-z][a-z0-9]{1,8}$/);
const domainName = fc.array(word, { minLength: 1, maxLength: 3 }).map((labels) => `${labels.join(".")}.example`);

const site = fc.record({
  name: word.filter((name) => !["world", "ns", "acme", "mail"].includes(name)),
  host: fc.integer({ min: SITE_HOSTS.first, max: SITE_HOSTS.last }),
  v6: fc.boolean(),
});

const settings = fc
  .record({
    infrastructureDomain: domainName,
    sites: fc.uniqueArray(site, {
      minLength: 1,
      maxLength: 6,
      comparator: (a, b) => a.name === b.name || a.host === b.host,
    }),
    domains: fc.uniqueArray(domainName, { minLength: 1, maxLength: 5 }),
    imap143: fc.boolean(),
  })
  .filter(({ infrastructureDomain, sites, domains }) =>
    sites.every(({ name }) => !domains.includes(`${name}.${infrastructureDomain}`)),
  )
  .map(({ infrastructureDomain, sites, domains, imap143 }) => {
    const [first = ""] = domains;
    const user = `ann@${first}`;
    return parseSettings({
      infrastructureDomain,
      imap143,
      sites: sites.map(({ name, host, v6 }, index) => ({
        name,
        platform: "local",
        roles: index === 0 ? ["mx", "submission", "maildrop"] : ["mx", "submission"],
        addresses: { v4: internetAddress(host).v4, ...(v6 && { v6: internetAddress(host).v6 }) },
        publishAddress: `127.0.2.${host}`,
      })),
      domains: domains.map((name) => ({ name, catchAll: [user] })),
      mailboxes: [{ address: user }],
      passwordHashes: { [user]: HASH },
    });
  });

const once = (names: readonly string[]): void => {
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
};

it("a plan can be made of them, in which nothing collides", () => {
  fc.assert(
    fc.property(settings, (one) => {
      const plan = makePlan("local", one);
      const attached = groupsOf(plan).flatMap(({ workloads }) =>
        workloads.flatMap(({ network }) => (network.kind === "own" ? network.attach : [])),
      );
      // What Docker gave by itself may be another one's own after a restart, when they start in another order.
      const sixes = attached.filter(({ network, address6 }) => network === "internet" && address6 === undefined);
      expect(sixes).toHaveLength(
        one.sites.filter((it) => it.platform === "local" && it.addresses.v6 === undefined).length,
      );
      once(attached.flatMap(({ address, address6 }) => (address6 === undefined ? [address] : [address, address6])));
      once(plan.keys.keys.map(({ name }) => name));
      once(plan.zones.map(({ name }) => name));
      const records = plan.zones.flatMap((zone) => zone.records.map((set) => ({ zone: zone.name, set })));
      once(records.map(({ set }) => `${set.name} ${set.type}`));
      for (const { zone, set } of records) expect(isBelow(set.name, zone)).toBe(true);
      for (const { name, records: sets } of plan.zones)
        if (!name.endsWith(".arpa")) expect(sets.some((set) => set.name === `_dmarc.${name}`)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

it("their zone files hold one SPF record a name, which is what receivers take", () => {
  fc.assert(
    fc.property(settings, (one) => {
      const lines = makePlan("local", one).zones.flatMap((zone) => formatZone(zone, ({ ref }) => ref).split("\n"));
      once(lines.filter((line) => line.includes('TXT "v=spf1')).map((line) => line.split(" ")[0] ?? ""));
    }),
    { numRuns: 30 },
  );
});
