/** One spelling for each prefix. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalPrefix } from "../../../components/settings/prefix.ts";
import { sshFromSchema } from "../../../components/settings/platforms.ts";

describe("a prefix", () => {
  it.each([
    ["203.0.113.7/32", "203.0.113.7/32"],
    ["203.0.113.7/28", "203.0.113.0/28"],
    ["203.0.113.23/28", "203.0.113.16/28"],
    ["203.0.113.7/9", "203.0.0.0/9"],
    ["203.0.113.7/0", "0.0.0.0/0"],
    ["2001:DB8:0001::7/48", "2001:db8:1::/48"],
    ["2001:db8:1:ff80::/57", "2001:db8:1:ff80::/57"],
    ["2001:db8:1:ffff::1/57", "2001:db8:1:ff80::/57"],
    ["::ffff:203.0.113.7/128", "::ffff:cb00:7107/128"],
    ["::/0", "::/0"],
    ["no prefix", "no prefix"],
    ["203.0.113.7", "203.0.113.7"],
    ["203.0.113.7/33", "203.0.113.7/33"],
  ])("%s is %s", (written, expected) => {
    expect(canonicalPrefix(written)).toBe(expected);
  });

  it("has the same spelling the second time, whatever it was", () => {
    const prefix = fc.oneof(
      fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })),
      fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })),
    );
    fc.assert(
      fc.property(prefix, ([address, length]) => {
        const once = canonicalPrefix(`${address}/${length}`);
        expect(canonicalPrefix(once)).toBe(once);
        expect(once.endsWith(`/${length}`)).toBe(true);
      }),
    );
  });

  it("is so in the settings", () =>
    expect(sshFromSchema.parse({ v4: ["203.0.113.7/28"], v6: ["2001:DB8:1::7/48"] })).toEqual({
      v4: ["203.0.113.0/28"],
      v6: ["2001:db8:1::/48"],
    }));
});
