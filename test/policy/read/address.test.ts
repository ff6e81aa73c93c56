import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  areWorld,
  canonicalAddress,
  isLoopbackNetwork,
  isPrivateNetwork,
  isWorld,
  reverseName,
} from "../../../policy/read/address.ts";
import { OWN_PREFIXES, WORLD_PREFIXES } from "../../support/prefixes.ts";

describe("addresses", () => {
  it.each([
    ["2001:db8::11", "2001:0db8:0000:0000:0000:0000:0000:0011"],
    ["2001:DB8:0:0:0:0:0:11", "2001:0db8:0000:0000:0000:0000:0000:0011"],
    ["::", "0000:0000:0000:0000:0000:0000:0000:0000"],
    ["[::1]", "0000:0000:0000:0000:0000:0000:0000:0001"],
    ["::ffff:192.0.2.1", "0000:0000:0000:0000:0000:ffff:c000:0201"],
    ["192.0.2.1", "192.0.2.1"],
  ])("%s is %s", (address, canonical) => {
    expect(canonicalAddress(address)).toBe(canonical);
  });

  it("has one form for each way to write it", () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const canonical = canonicalAddress(address);
        expect(canonical).toMatch(/^([0-9a-f]{4}:){7}[0-9a-f]{4}$/);
        expect(canonicalAddress(canonical.toUpperCase())).toBe(canonical);
      }),
    );
  });

  it("has its name in reverse DNS", () => {
    expect(reverseName("192.0.2.11")).toBe("11.2.0.192.in-addr.arpa");
    expect(reverseName("2001:db8::b")).toBe(`b.${"0.".repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`);
  });

  it.each(["127.0.0.1", "127.0.0.0/8", "::1", "[::1]/128", "[::1]"])("%s is loopback", (network) => {
    expect(isLoopbackNetwork(network)).toBe(true);
  });

  it.each(["127.0.0.0/7", "128.0.0.1", "::/0", "", "0.0.0.0/0", "::1/64"])("%s is not loopback", (network) => {
    expect(isLoopbackNetwork(network)).toBe(false);
  });

  it.each(["10.0.0.0/8", "172.31.0.0/16", "192.168.0.1", "fd00::/8", "fe80::/10"])("%s is private", (network) => {
    expect(isPrivateNetwork(network)).toBe(true);
  });

  it.each(["10.0.0.0/7", "172.32.0.1", "0.0.0.0/0", "::/0", "2001:db8::/32", "fd00::/6", ""])(
    "%s is public",
    (network) => {
      expect(isPrivateNetwork(network)).toBe(false);
    },
  );

  it.each([...WORLD_PREFIXES, "", "*", "0.0.0.0", "::"])("%j is the world", (network) => {
    expect(isWorld(network)).toBe(true);
  });

  it("takes what is no length of a prefix for the world", () => {
    expect(isWorld("0.0.0.0/0.0.0.0")).toBe(true);
  });

  it.each<[string, string[], boolean]>([
    ["every first number of IPv4", Array.from({ length: 256 }, (_, first) => `${first}.0.0.0/8`), true],
    ["what is in use of IPv6", ["2001::/16", "2400::/16", "2600::/16"], true],
    ["the world and one more", ["0.0.0.0/0", "203.0.113.7/32"], true],
    ["large networks of somebody's", ["203.0.0.0/8", "198.51.0.0/16", "2001:db8::/32"], false],
    ["one network, named over and over", Array.from({ length: 9 }, () => "203.0.0.0/8"), false],
    ["networks for use inside", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"], false],
    ["addresses", ["203.0.113.7", "2001:db8::7"], false],
    ["nothing", [], false],
  ])("sees whether %s is the world", (_, networks, is) => {
    expect(areWorld(networks)).toBe(is);
  });

  it.each([...OWN_PREFIXES, "203.0.113.7", "2001:db8::7"])("%s is not the world", (network) => {
    expect(isWorld(network)).toBe(false);
  });
});
