import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { disallowForeignLinkPeer as rule } from "../../../policy/network/disallow-foreign-link-peer.ts";
import { type FakeResource, stackViolations, UNKNOWN } from "../../support/policy.ts";
import { digitalocean, gcp, WORLD } from "./firewalls.ts";

/** The link is open there to 203.0.113.12 and 203.0.113.13. */
const RULESET = readFileSync(new URL("../../unit/platforms/golden/etc/nftables.conf", import.meta.url), "utf8");

const droplet: FakeResource = {
  type: "digitalocean:index/droplet:Droplet",
  name: "alpha-machine",
  props: { ipv4Address: "203.0.113.11", ipv6Address: "2001:0DB8:0022:0000:0000:0000:0000:0011" },
};
const accessConfigs = [{ natIp: "203.0.113.12" }];
const instance: FakeResource = {
  type: "gcp:compute/instance:Instance",
  name: "bravo-machine",
  props: { networkInterfaces: [{ accessConfigs, ipv6AccessConfigs: [{ externalIpv6: "2001:db8:33::12" }] }] },
};
/** It is reached by another address than that under which the world knows it. */
const host = (content: unknown = RULESET): FakeResource[] => [
  {
    type: "compose:index:Machine",
    name: "charlie",
    props: { connection: { address: "198.51.100.9" }, files: [{ path: "/etc/nftables.conf", content, apply: [] }] },
  },
  {
    type: "compose:index:Release",
    name: "charlie",
    props: { workloads: { mx: { files: { "main.cf": "proxy_interfaces = 203.0.113.13, 2001:db8:44::13\n" } } } },
  },
];
const MACHINES = [droplet, instance, ...host()];
const link = (...sources: readonly string[]) => digitalocean("tcp", "4433", sources);
const found = (...more: readonly FakeResource[]) => stackViolations(rule, [...MACHINES, ...more]);

describe("disallow-foreign-link-peer", () => {
  it.each<[string, FakeResource]>([
    ["a droplet, an instance and a host", link("203.0.113.11/32", "203.0.113.12", "203.0.113.13/32")],
    ["the address that a host is reached by", link("198.51.100.9")],
    ["their IPv6 addresses", link("2001:db8:22::11/128", "2001:db8:33::12", "2001:db8:44::13")],
    ["a network, which another rule refuses", link("192.0.2.0/24")],
    ["another port", digitalocean("tcp", "25", WORLD)],
    ["another protocol", digitalocean("udp", "4433", ["192.0.2.99"])],
  ])("accepts %s", async (_, firewall) => {
    expect(await found(firewall)).toEqual([]);
  });

  it.each<[string, FakeResource]>([
    ["a firewall of DigitalOcean's", link("203.0.113.11", "192.0.2.99")],
    ["a firewall of Google's", gcp("tcp", ["4433"], ["192.0.2.99"])],
    ["an opening of everything", gcp("all", undefined, ["192.0.2.99"])],
    ["a range with the link in it", gcp("tcp", ["4000-5000"], ["192.0.2.99"])],
  ])("refuses an address of nobody's in %s", async (_, firewall) => {
    expect(await found(firewall)).toEqual([
      "the firewall site opens the link between sites to 192.0.2.99, which is no machine of this stack; take it out.",
    ]);
  });

  it("refuses an address of nobody's in a machine's own firewall", async () => {
    const content = RULESET.replace("203.0.113.13 }", "203.0.113.13, 192.0.2.99 }");
    expect(await stackViolations(rule, [droplet, instance, ...host(content)])).toEqual([
      "the machine charlie (/etc/nftables.conf) opens the link between sites to 192.0.2.99, which is no machine of this stack; take it out.",
    ]);
  });

  it("refuses the address of a machine that is gone", async () => {
    expect(await stackViolations(rule, [droplet, ...host()])).toHaveLength(1);
  });

  it("leaves a ruleset that cannot be read to the rule about it", async () => {
    expect(await stackViolations(rule, host("flush ruleset\n"))).toEqual([]);
  });

  it("cannot run on addresses that are not known yet", async () => {
    const unmade = { ...droplet, props: { ipv4Address: UNKNOWN, ipv6Address: UNKNOWN } };
    await expect(stackViolations(rule, [unmade, instance, ...host()])).rejects.toThrow(/known during preview/);
    await expect(found(link(UNKNOWN))).rejects.toThrow(/known during preview/);
  });
});
