/** The local world: its servers' configuration as golden files, and what makes it closed. */
import { isIP } from "node:net";
import { describe, expect, it } from "vitest";
import {
  INTERNET,
  internetAddress,
  sideAddress,
  SITE_HOSTS,
  WORLD_ADDRESS,
} from "../../../components/world/addresses.ts";
import { isSecret } from "../../../components/plan/text.ts";
import { goldenText } from "../mail/golden-text.ts";
import { groupsOf, localPlan, MUCH, refsIn, workloadOf } from "../plan/plans.ts";

const [world] = groupsOf(localPlan());
if (world === undefined) throw new Error("The local stack has no world.");
const { knot, resolver, pebble, outside, fickle } = {
  knot: workloadOf(world, "knot"),
  resolver: workloadOf(world, "resolver"),
  pebble: workloadOf(world, "pebble"),
  outside: workloadOf(world, "outside"),
  fickle: workloadOf(world, "fickle"),
};

describe("configuration", () => {
  it.each([
    ["knot.conf", knot],
    ["unbound.conf", resolver],
    ["pebble.json", pebble],
    ["smtpd.conf", outside],
    ["outside.json", outside],
  ])("%s", async (file, workload) =>
    expect(goldenText(workload.files[file] ?? "")).toMatchFileSnapshot(`golden/${file}`),
  );

  it.each([knot, resolver, pebble, outside, fickle].map((workload) => [workload.name, workload] as const))(
    "%s runs as its golden file says",
    async (name, workload) => {
      const { files, ...rest } = workload;
      const listed = Object.entries(files).map(([path, text]): [string, string] => [
        path,
        isSecret(text) ? "secret" : "plain",
      ]);
      const shown = { ...rest, files: Object.fromEntries(listed) };
      await expect(`${JSON.stringify(shown, null, 2)}\n`).toMatchFileSnapshot(`golden/${name}.workload.json`);
    },
  );
});

describe("the name server", () => {
  const plan = localPlan(MUCH);
  const [group] = groupsOf(plan);
  if (group === undefined) throw new Error("There is no world.");
  const { files } = workloadOf(group, "knot");

  it("has a file and a key for each zone of the plan", () => {
    const expected = plan.zones.flatMap(({ name }) => [`keys/${name}.pem`, `zones/${name}.zone`]);
    expect(Object.keys(files).sort()).toEqual(["knot.conf", ...expected].sort());
    for (const { name } of plan.zones)
      expect(refsIn(files[`zones/${name}.zone`] ?? "")).toEqual([{ ref: "zoneFile", zone: name }]);
  });

  it("lets challenges for certificates be written, with a key, and nothing else", () => {
    const conf = goldenText(files["knot.conf"] ?? "");
    expect(conf.match(/action: .*/g)).toEqual(["action: update", "action: update"]);
    expect(conf.match(/update-type: .*/g)).toEqual(["update-type: [ TXT ]", "update-type: [ TXT ]"]);
    expect(conf.match(/update-owner-match: .*/g)).toEqual(["update-owner-match: pattern", "update-owner-match: sub"]);
    expect(conf).toContain('update-owner-name: [ "acme-proofs" ]');
    expect(conf).toContain('update-owner-name: [ "_acme-challenge.*", "_acme-challenge.*.*" ]');
    expect(conf.match(/^ {4}key: .*/gm)).toEqual(["    key: certs", "    key: certs"]);
    expect(conf).not.toMatch(/transfer|notify/);
  });

  it("is a secret, since the key for updates is in it", () => expect(isSecret(files["knot.conf"] ?? "")).toBe(true));
});

describe("the foreign server", () => {
  const conf = goldenText(outside.files["smtpd.conf"] ?? "");

  it("takes mail for its own domains from anyone, and for others from itself alone", () =>
    expect(conf.match(/^match .*/gm)).toEqual([
      'match from any for domain { "outside.test", "*.outside.test" } action "verify"',
      'match from local for any action "relay"',
    ]));

  it("asks the name server itself, and no resolver of a site", () =>
    expect(outside.network).toMatchObject({ resolver: WORLD_ADDRESS.knot.v4 }));
});

it("nothing in the world is published on the machine", () =>
  expect(world.workloads.flatMap(({ publish }) => publish)).toEqual([]));

describe("addresses", () => {
  it("of sites, of their resolvers and of their certificate clients never meet, for as many sites as there may be", () => {
    const sites = Array.from({ length: SITE_HOSTS.last - SITE_HOSTS.first + 1 }, (_, i) =>
      internetAddress(SITE_HOSTS.first + i),
    );
    const sides = Array.from({ length: 75 }, (_, i) => [sideAddress(i, "unbound"), sideAddress(i, "certs")]).flat();
    const servers = Object.values(WORLD_ADDRESS);
    const v4 = [
      INTERNET.gateway,
      ...servers.map((one) => one.v4),
      ...sites.map((one) => one.v4),
      ...sides.map((one) => one.v4),
    ];
    const v6 = [...servers, ...sites, ...sides].map((one) => one.v6);
    for (const list of [v4, v6]) expect(new Set(list).size).toBe(list.length);
    expect(v4.every((address) => isIP(address) === 4 && address.startsWith("198.51.100."))).toBe(true);
    expect(v6.every((address) => isIP(address) === 6 && address.startsWith("2001:db8:100::"))).toBe(true);
  });
});
