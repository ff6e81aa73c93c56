import { describe, expect, it } from "vitest";
import { disallowUnknownComposeKey as rule } from "../../../policy/network/disallow-unknown-compose-key.ts";
import { type RunOptions, UNKNOWN, violations } from "../../support/policy.ts";
import { release } from "./release.ts";

const edge = (service: Readonly<Record<string, unknown>>, options: RunOptions = {}) =>
  violations(rule, release({ edge: { service } }), options);
const site = (network: unknown) => {
  const base = release();
  return violations(rule, { ...base, props: { ...base.props, networks: { site: network } } });
};

describe("disallow-unknown-compose-key", () => {
  it.each([
    "build",
    "cgroup_parent",
    "command",
    "configs",
    "deploy",
    "device_cgroup_rules",
    "entrypoint",
    "env_file",
    "extends",
    "gpus",
    "pid",
    "post_start",
    "profiles",
    "provider",
    "runtime",
    "secrets",
    "use_api_socket",
  ])("refuses the key %s", async (key) => {
    expect(await edge({ [key]: "anything" })).toEqual([
      `mailkeep-local-alpha, workload edge: its service has the key ${key}, and no rule here reads what that gives; take it ` +
        "out, or look and list it.",
    ]);
  });

  it.each(["environment", "depends_on", "cpus", "ulimits", "logging"])("accepts the key %s", async (key) => {
    expect(await edge({ [key]: "anything" })).toEqual([]);
  });

  it("takes further keys from its configuration", async () => {
    expect(await edge({ domainname: "example.org" }, { config: { keys: ["domainname"] } })).toEqual([]);
  });

  it.each([
    [{ driver: "macvlan" }, "the network site has the driver macvlan, past which rules do not see; use bridge."],
    [
      { driver_opts: { "com.docker.network.bridge.gateway_mode_ipv4": "nat-unprotected" } },
      "the network site has the key com.docker.network.bridge.gateway_mode_ipv4, and no rule here reads what that opens",
    ],
    [
      { attachable: true },
      "the network site has the key attachable, and no rule here reads what that opens; take it out.",
    ],
  ])("refuses a network with %j", async (network, says) => {
    const found = await site({ name: "site", ...network });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`mailkeep-local-alpha: ${says}`);
  });

  it("accepts a bridge, and a network of the world's", async () => {
    expect(await site({ name: "site", driver: "bridge", driver_opts: {}, internal: true })).toEqual([]);
    expect(await site({ name: "mailkeep-local-internet", external: true })).toEqual([]);
  });

  it("cannot run on networks that are not known yet", async () => {
    await expect(site(UNKNOWN)).rejects.toThrow(/known during preview/);
  });
});
