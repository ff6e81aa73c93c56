import { describe, expect, it } from "vitest";
import { disallowWiderIpv6Firewall as rule } from "../../../policy/network/disallow-wider-ipv6-firewall.ts";
import { type FakeResource, stackViolations, UNKNOWN, violations } from "../../support/policy.ts";
import { digitalocean, gcp, WORLD } from "./firewalls.ts";

const NETWORK = "gcp:compute/network:Network";
const network = (name: string): FakeResource => ({ type: NETWORK, name, props: { name: UNKNOWN } });
/** A rule for the machines of a tag in a network that is yet to be made. */
const rules = (name: string, in_: string, resource: FakeResource): FakeResource => ({
  ...resource,
  name,
  props: { ...resource.props, network: UNKNOWN },
  sources: { network: [`${NETWORK}::${in_}`] },
});
const ssh = (ranges: readonly string[], tag = "alpha") => gcp("tcp", ["22"], ranges, { targetTags: [tag] });

describe("disallow-wider-ipv6-firewall", () => {
  it.each([
    [["203.0.113.0/24", "::/0"], "IPv6"],
    [["203.0.113.7", "0::/0"], "IPv6"],
    [["203.0.113.7", "::/1", "8000::/1"], "IPv6"],
    [["::/0"], "IPv6"],
    [["0.0.0.0/0", "2001:db8:9::/48"], "IPv4"],
  ])("refuses %j", async (sources, family) => {
    expect(await violations(rule, digitalocean("tcp", "22", sources))).toEqual([
      `the firewall site opens port 22 of tcp to ${sources.join(", ")}: ${family} is open to the world and the other is ` +
        "not; make them alike.",
    ]);
  });

  it.each([
    [WORLD],
    [["203.0.113.0/24", "2001:db8:9::/48"]],
    [["203.0.113.0/24"]],
    [["2001:db8:9::/48"]],
    [["0.0.0.0/0"]],
  ])("accepts %j", async (sources) => {
    expect(await violations(rule, gcp("tcp", ["22"], sources))).toEqual([]);
  });

  const v4 = rules("ssh-v4", "one", ssh(["203.0.113.0/24"]));
  const v6 = rules("ssh-v6", "one", ssh(["::/0"]));

  it("joins rules that have one family each, in a network that is yet to be made", async () => {
    expect(await stackViolations(rule, [network("one"), v4, v6])).toEqual([
      "the firewall ssh-v6 opens port 22 of tcp to ::/0: IPv6 is open to the world and the other is not; make them alike.",
    ]);
    const world = rules("ssh-v4", "one", ssh(["0.0.0.0/0"]));
    expect(await stackViolations(rule, [network("one"), world, v6])).toEqual([]);
  });

  it.each([
    ["networks", rules("ssh-v4", "other", ssh(["0.0.0.0/0"]))],
    ["machines", rules("ssh-v4", "one", ssh(["0.0.0.0/0"], "bravo"))],
    ["ports", rules("ssh-v4", "one", gcp("tcp", ["23-25"], ["0.0.0.0/0"], { targetTags: ["alpha"] }))],
    ["protocols", rules("ssh-v4", "one", gcp("udp", ["22"], ["0.0.0.0/0"], { targetTags: ["alpha"] }))],
  ])("joins no rules of different %s", async (_, open) => {
    expect(await stackViolations(rule, [network("one"), network("other"), open, v6])).toHaveLength(1);
  });

  it("judges the part that ranges have in common, and all protocols as each", async () => {
    const range = (ports: string, from: string) =>
      rules(from, "one", gcp("tcp", [ports], [from], { targetTags: ["alpha"] }));
    expect(await stackViolations(rule, [network("one"), range("20-30", "0.0.0.0/0"), range("20-30", "::/0")])).toEqual(
      [],
    );
    expect(await stackViolations(rule, [network("one"), range("20-30", "0.0.0.0/0"), range("20-31", "::/0")])).toEqual([
      "the firewall ::/0 opens port 20-31 of tcp to ::/0: IPv6 is open to the world and the other is not; make them alike.",
    ]);
    const all = rules("all", "one", gcp("all", undefined, ["0.0.0.0/0"], { targetTags: ["alpha"] }));
    expect(await stackViolations(rule, [network("one"), all, range("20-31", "::/0")])).toEqual([]);
  });

  it("lets pings come by names and numbers of either family", async () => {
    expect(await violations(rule, gcp("58", undefined, ["::/0"]))).toEqual([]);
    expect(await violations(rule, gcp("icmp", undefined, ["0.0.0.0/0"]))).toEqual([]);
  });

  it("cannot run on sources that are not known yet", async () => {
    await expect(violations(rule, gcp("tcp", ["22"], UNKNOWN))).rejects.toThrow(/known during preview/);
  });
});
