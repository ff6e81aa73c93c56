import { describe, expect, it } from "vitest";
import { disallowDirectInternalWorkloadOnInternetNetwork as rule } from "../../../policy/network/disallow-direct-internal-workload-on-internet-network.ts";
import { fields } from "../../../policy/read/values.ts";
import { UNKNOWN, violations } from "../../support/policy.ts";
import { release } from "./release.ts";

const MASQUERADE = "com.docker.network.bridge.enable_ip_masquerade";
const KEPT = { [MASQUERADE]: "false" };

const attach = (name: string, networks: unknown) => violations(rule, release({ [name]: { service: { networks } } }));

describe("disallow-direct-internal-workload-on-internet-network", () => {
  it.each(["net", "unbound", "certs", "knot", "resolver", "pebble", "outside", "fickle"])(
    "accepts %s",
    async (name) => {
      expect(await attach(name, { internet: {}, site: {} })).toEqual([]);
    },
  );

  it.each(["dovecot", "couchmail", "rspamd", "valkey", "opendkim", "webmail"])("refuses %s", async (name) => {
    expect(await attach(name, { site: {}, internet: { ipv4_address: "198.51.100.99" } })).toEqual([
      `mailkeep-local-alpha, workload ${name}: it is attached to the network internet, but only net, unbound, certs, ` +
        "knot, resolver, pebble, outside, fickle may be; attach it to the site's own network.",
    ]);
  });

  it("knows the network in the short form, and under another name", async () => {
    expect(await attach("rspamd", ["site", "internet"])).toHaveLength(1);
    const renamed = release({ rspamd: { service: { networks: { world: {} } } } });
    const networks = { world: { name: "mailkeep-local-internet", external: true } };
    const found = await violations(rule, { ...renamed, props: { ...renamed.props, networks } });
    expect(found.filter((message) => message.includes("workload rspamd"))).toHaveLength(1);
  });

  it("refuses a workload that names no network, which Compose attaches to one with a way out", async () => {
    const [found] = await attach("rspamd", undefined);
    expect(found).toContain("it names no network");
  });

  it("accepts a workload without networks that shares one of the site's own, or has none", async () => {
    for (const mode of ["service:valkey", "none"]) {
      const service = { networks: undefined, network_mode: mode };
      expect(await violations(rule, release({ dovecot: { service }, valkey: {} }))).toEqual([]);
    }
  });

  it.each(["service:net", "service:edge"])("refuses a workload that shares the world's network by %s", async (mode) => {
    const service = { networks: undefined, network_mode: mode };
    expect(await violations(rule, release({ valkey: { service } }))).toEqual([
      `mailkeep-local-alpha, workload valkey: it shares the network of ${mode.slice(8)}, which is attached to the world's; only ` +
        "edge, mx, submission may: attach it to the site's own network.",
    ]);
  });

  it.each([
    ["of a machine's name", { name: "mailkeep-production-internet-alpha", driver_opts: KEPT }],
    ["that Docker leads out of", { name: "back", driver: "bridge" }],
    ["that is told to lead out", { name: "back", driver_opts: { [MASQUERADE]: "true" } }],
    ["of others", { name: "bridge", external: true }],
  ])("refuses a network %s", async (_, back) => {
    const changed = release({ rspamd: { service: { networks: { back: {} } } } });
    expect(await violations(rule, { ...changed, props: { ...changed.props, networks: { back } } })).toContainEqual(
      expect.stringContaining("workload rspamd: it is attached to the network back, but only net, "),
    );
  });

  it("accepts a network without a way out", async () => {
    const changed = release({ rspamd: { service: { networks: ["back"] } } });
    const networks = { ...fields(changed.props["networks"]), back: { name: "back", internal: true } };
    expect(await violations(rule, { ...changed, props: { ...changed.props, networks } })).toEqual([]);
  });

  it("cannot run on networks that are not known yet", async () => {
    await expect(attach("rspamd", UNKNOWN)).rejects.toThrow(/known during preview/);
  });
});
