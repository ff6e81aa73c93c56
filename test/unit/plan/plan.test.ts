/** What must hold for any plan: it follows from the settings alone, and nothing in it is named that is not there. */
import { describe, expect, it } from "vitest";
import { plan as makePlan } from "../../../components/plan/plan.ts";
import { resolveText } from "../../../components/plan/text.ts";
import { UID } from "../../../components/plan/ids.ts";
import { ALPHA, BRAVO, groupsOf, localPlan, localSettings, MUCH, PLANS, siteOf } from "./plans.ts";

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

function repeated(values: readonly string[]): readonly string[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}

describe("a plan", () => {
  it("follows from the settings alone, and leaves them as they are", () => {
    const settings = frozen(localSettings(MUCH));
    expect(makePlan("local", settings)).toEqual(makePlan("local", localSettings(MUCH)));
  });

  it("is the same text each time, so that a preview of nothing is empty", () =>
    expect(JSON.stringify(localPlan(MUCH))).toBe(JSON.stringify(localPlan(MUCH))));

  it("has the local stack's workloads, in the order in which they are started", () => {
    const [world, alpha] = groupsOf(localPlan());
    expect(world?.workloads.map(({ name }) => name)).toEqual(["knot", "resolver", "pebble", "outside", "fickle"]);
    expect(alpha?.workloads.map(({ name }) => name)).toEqual([
      "unbound",
      "couchmail",
      "valkey",
      "rspamd",
      "opendkim",
      "opendkim-ed25519",
      "postsrsd",
      "certs",
      "dovecot",
      "net",
      "mx",
      "submission",
      "edge",
    ]);
  });

  it("has one signer and no key more where Ed25519 is off", () => {
    const { sites, keys, flows, zones } = localPlan({
      dkim: {},
      domains: [{ name: "home.test" }, { name: "club.test" }],
    });
    const names = sites.flatMap(({ workloads }) => workloads.map(({ name }) => name));
    expect(names.filter((name) => name.startsWith("opendkim"))).toEqual(sites.map(() => "opendkim"));
    expect(sites.flatMap(({ volumes }) => volumes.map(({ name }) => name))).not.toContain("milter-opendkim-ed25519");
    expect(keys.keys.filter(({ name }) => name.startsWith("dkim/")).map(({ algorithm }) => algorithm)).toEqual(
      ["home.test", "club.test", "mailkeep.test", "outside.test"].map(() => "RSA-2048"),
    );
    expect(JSON.stringify([flows, zones])).not.toMatch(/ed25519|8892/);
  });

  it.each([
    ["mx", "submission"],
    ["submission", "mx"],
  ])("leaves out %s where no site has the role", (role, other) => {
    const { sites } = makePlan("local", { ...localSettings(), sites: localSettings().sites.map(without(role)) });
    const names = sites[0]?.workloads.map(({ name }) => name) ?? [];
    expect(names).not.toContain(role);
    expect(names).toContain(other);
    expect(sites[0]?.volumes.map(({ name }) => name)).not.toContain(`queue-${role}`);
  });
});

const without =
  (role: string) =>
  <Site extends { readonly roles: readonly string[] }>(site: Site): Site => ({
    ...site,
    roles: site.roles.filter((one) => one !== role),
  });

describe.each(PLANS)("in the plan of %s", (_, plan) => {
  const groups = groupsOf(plan);

  it("no name is there twice", () => {
    expect(repeated(groups.map(({ name }) => name))).toEqual([]);
    for (const { workloads, volumes, networks } of groups) {
      for (const list of [workloads, volumes, networks]) expect(repeated(list.map(({ name }) => name))).toEqual([]);
    }
  });

  it("every mounted volume is defined, and every defined one is mounted", () => {
    for (const { workloads, volumes } of groups) {
      const mounted = new Set(workloads.flatMap((workload) => workload.volumes.map(({ volume }) => volume)));
      expect([...mounted].sort()).toEqual(volumes.map(({ name }) => name).sort());
    }
  });

  it("every volume is written by its owner or by root, and by one workload alone", () => {
    for (const { workloads, volumes } of groups) {
      for (const volume of volumes) {
        const writers = workloads.filter((workload) =>
          workload.volumes.some((mount) => mount.volume === volume.name && !mount.readOnly),
        );
        expect(writers).toHaveLength(1);
        expect([volume.uid, UID.root]).toContain(writers[0]?.uid);
      }
    }
  });

  it("no two things are mounted at one path", () => {
    for (const { workloads } of groups)
      for (const { volumes, scratch } of workloads)
        expect(repeated([...volumes, ...scratch].map(({ path }) => path))).toEqual([]);
  });

  it("every network is defined, and one that is external is owned by the world", () => {
    const owned = plan.world?.networks.map(({ name }) => name) ?? [];
    for (const { workloads, networks } of groups) {
      const names = networks.map(({ name }) => name);
      for (const { network } of workloads)
        if (network.kind === "own") for (const one of network.attach) expect(names).toContain(one.network);
      for (const network of networks) if (network.kind === "external") expect(owned).toContain(network.name);
    }
  });

  it("who shares a network shares that of a workload with one of its own", () => {
    for (const { workloads } of groups) {
      for (const { network } of workloads) {
        if (network.kind === "own") continue;
        expect(workloads.find(({ name }) => name === network.with)?.network.kind).toBe("own");
      }
    }
  });

  it("no address is there twice, and none is a network's gateway", () => {
    const gateways = groups.flatMap(({ networks }) => networks.map(({ gateway }) => gateway));
    const addresses = groups.flatMap(({ workloads }) =>
      workloads.flatMap(({ network }) =>
        network.kind === "own"
          ? network.attach.flatMap(({ address, address6 }) => [address, address6 ?? []].flat())
          : [],
      ),
    );
    expect(repeated(addresses)).toEqual([]);
    expect(addresses.filter((address) => gateways.includes(address))).toEqual([]);
  });

  it("no two sites have one subnet", () =>
    expect(
      repeated(
        plan.sites.flatMap(({ networks }) => networks.filter(({ kind }) => kind === "owned").map((n) => n.subnet)),
      ),
    ).toEqual([]));

  it("no port is published twice, and of this machine none beyond the loopback", () => {
    const publicationsOf = (some: typeof groups) =>
      some.flatMap(({ workloads }) =>
        workloads.flatMap(({ publish }) =>
          publish.map(({ hostAddress, port, protocol }) => ({
            address: resolveText(hostAddress, (ref) => JSON.stringify(ref)),
            port: `${port}/${protocol}`,
          })),
        ),
      );
    expect(repeated(publicationsOf(groups).map(({ address, port }) => `${address}:${port}`))).toEqual([]);
    const here = publicationsOf(groups.filter((group) => !("machine" in group) || group.machine === undefined));
    expect(here.filter(({ address }) => !address.startsWith("127."))).toEqual([]);
  });

  it("no two keepers that share a network listen at one place", () => {
    for (const { workloads } of groups) {
      const places = workloads.map(({ name, network, keeper }) =>
        [network.kind === "shared" ? network.with : name, keeper.listen].join(" "),
      );
      expect(repeated(places)).toEqual([]);
    }
  });
});

it("the port that a site publishes does not depend on where it stands in the list", () => {
  const alone = siteOf(localPlan(), "alpha").workloads.flatMap(({ publish }) => publish);
  const first = siteOf(localPlan({ sites: [ALPHA, BRAVO] }), "alpha").workloads.flatMap(({ publish }) => publish);
  expect(first).toEqual(alone);
});
