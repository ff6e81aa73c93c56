import { isIPv6 } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closestZone, isBelow, reverseName, reverseZone, zoneFinder } from "../../../components/dns/names.ts";

describe("a reverse name", () => {
  it.each([
    // The examples of RFC 1035 section 3.5 and of RFC 3596 section 2.5.
    ["10.2.0.52", "52.0.2.10.in-addr.arpa"],
    ["4321:0:1:2:3:4:567:89ab", "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa"],
    ["::", `${"0.".repeat(32)}ip6.arpa`],
    ["::1", `1.${"0.".repeat(31)}ip6.arpa`],
    ["2001:db8::", `${"0.".repeat(24)}8.b.d.0.1.0.0.2.ip6.arpa`],
    ["2001:DB8:100::11", "1.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.8.b.d.0.1.0.0.2.ip6.arpa"],
    ["::ffff:192.0.2.1", `1.0.2.0.0.0.0.c.f.f.f.f.${"0.".repeat(20)}ip6.arpa`],
  ])("of %s is %s", (address, name) => expect(reverseName(address)).toBe(name));

  it.each(["", "home.test", "198.51.100", "198.51.100.256", "2001::db8::1", "198.51.100.0/24"])(
    "is not made of %j",
    (text) => expect(() => reverseName(text)).toThrow(`"${text}" is not an IP address`),
  );

  it("is the same for all spellings of an address, and leads back to it", () =>
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        fc.pre(isIPv6(address));
        const digits = reverseName(address).replace(".ip6.arpa", "").split(".").reverse().join("");
        const whole = digits.match(/.{4}/g)?.join(":") ?? "";
        const canonical = (text: string): string => new URL(`http://[${text}]/`).hostname;
        expect(canonical(whole)).toBe(canonical(address));
        expect(reverseName(whole)).toBe(reverseName(address));
      }),
    ));
});

describe("a reverse zone", () => {
  it.each([
    ["198.51.100.0/24", "100.51.198.in-addr.arpa"],
    ["10.0.0.0/8", "10.in-addr.arpa"],
    ["2001:db8:100::/64", "0.0.0.0.0.0.1.0.8.b.d.0.1.0.0.2.ip6.arpa"],
    ["2001:db8::/32", "8.b.d.0.1.0.0.2.ip6.arpa"],
    ["2001:db8::/36", "0.8.b.d.0.1.0.0.2.ip6.arpa"],
  ])("of %s is %s", (network, zone) => expect(reverseZone(network)).toBe(zone));

  it.each(["198.51.100.0/25", "2001:db8::/33", "198.51.100.0/x"])(
    "is not made of %s, which ends inside a label",
    (net) => expect(() => reverseZone(net)).toThrow(/does not end at a label/),
  );

  it("is not made of an address without a prefix", () =>
    expect(() => reverseZone("198.51.100.0")).toThrow('"198.51.100.0" is not a network'));

  it("holds the names of all its addresses", () =>
    fc.assert(
      fc.property(fc.ipV4(), fc.constantFrom(8, 16, 24), (address, bits) =>
        isBelow(reverseName(address), reverseZone(`${address}/${bits}`)),
      ),
    ));
});

it("a name is below a zone by whole labels, and a zone below itself", () => {
  expect(isBelow("a.home.test", "home.test")).toBe(true);
  expect(isBelow("home.test", "home.test")).toBe(true);
  expect(isBelow("myhome.test", "home.test")).toBe(false);
  expect(isBelow("test", "home.test")).toBe(false);
});

describe("the closest zone", () => {
  const label = fc.constantFrom("a", "b", "ab");
  const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join("."));

  it("is the longest that a name lies in", () =>
    fc.assert(
      fc.property(name, fc.array(name, { maxLength: 5 }), (one, zones) => {
        const above = zones.filter((zone) => isBelow(one, zone)).toSorted((a, b) => b.length - a.length);
        expect(closestZone(one, zones)).toBe(above[0]);
        expect(zoneFinder(zones)(one)).toBe(above[0]);
      }),
    ));
});
