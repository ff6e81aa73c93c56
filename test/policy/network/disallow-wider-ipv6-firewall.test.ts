import { describe, expect, it } from "vitest";
import { disallowWiderIpv6Firewall as rule } from "../../../policy/network/disallow-wider-ipv6-firewall.ts";
import { UNKNOWN, violations } from "../../support/policy.ts";
import { digitalocean, gcp, WORLD } from "./firewalls.ts";

describe("disallow-wider-ipv6-firewall", () => {
  it.each([
    [["203.0.113.0/24", "::/0"], "IPv6"],
    [["203.0.113.7", "0::/0"], "IPv6"],
    [["203.0.113.7", "::/1", "8000::/1"], "IPv6"],
    [["0.0.0.0/0", "2001:db8:9::/48"], "IPv4"],
  ])("refuses %j", async (sources, family) => {
    expect(await violations(rule, digitalocean("tcp", "22", sources))).toEqual([
      `the firewall site opens port 22 of tcp to ${sources.join(", ")}: ${family} is open to the world and the other is ` +
        "not; make them alike.",
    ]);
  });

  it.each([[WORLD], [["203.0.113.0/24", "2001:db8:9::/48"]], [["203.0.113.0/24"]], [["2001:db8:9::/48"]]])(
    "accepts %j",
    async (sources) => {
      expect(await violations(rule, gcp("tcp", ["22"], sources))).toEqual([]);
    },
  );

  it("cannot run on sources that are not known yet", async () => {
    await expect(violations(rule, gcp("tcp", ["22"], UNKNOWN))).rejects.toThrow(/known during preview/);
  });
});
