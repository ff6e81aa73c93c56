import { describe, expect, it } from "vitest";
import { disallowDirectInternalWorkloadOnInternetNetwork as rule } from "../../../policy/network/disallow-direct-internal-workload-on-internet-network.ts";
import { UNKNOWN, violations } from "../../support/policy.ts";
import { release } from "./release.ts";

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
    expect(await violations(rule, { ...renamed, props: { ...renamed.props, networks } })).toHaveLength(1);
  });

  it("refuses a workload that names no network, which Compose attaches to one with a way out", async () => {
    const [found] = await attach("rspamd", undefined);
    expect(found).toContain("it names no network");
  });

  it("accepts a workload without networks that shares a stack, or has none", async () => {
    for (const mode of ["service:net", "none"]) {
      const service = { networks: undefined, network_mode: mode };
      expect(await violations(rule, release({ dovecot: { service } }))).toEqual([]);
    }
  });

  it("cannot run on networks that are not known yet", async () => {
    await expect(attach("rspamd", UNKNOWN)).rejects.toThrow(/known during preview/);
  });
});
