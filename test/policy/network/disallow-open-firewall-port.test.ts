import { describe, expect, it } from "vitest";
import { disallowOpenFirewallPort as rule } from "../../../policy/network/disallow-open-firewall-port.ts";
import { type FakeResource, UNKNOWN, violations } from "../../support/policy.ts";
import { digitalocean, gcp, WORLD } from "./firewalls.ts";

const EIGHTS = Array.from({ length: 256 }, (_, first) => `${first}.0.0.0/8`);

/** A rule of DigitalOcean's that names no addresses. */
function byTag(portRange: string): FakeResource {
  const one = digitalocean("tcp", portRange, []);
  const rule = { protocol: "tcp", portRange, sourceTags: ["web"], sourceLoadBalancerUids: ["front"] };
  return { ...one, props: { ...one.props, inboundRules: [rule] } };
}

describe("disallow-open-firewall-port", () => {
  it.each([
    ["SSH", digitalocean("tcp", "22", WORLD), "port 22 of tcp to 0.0.0.0/0, ::/0: port 22 is SSH; name who needs it."],
    ["SSH by IPv6 alone", digitalocean("tcp", "22", ["::/0"]), "port 22 of tcp to ::/0: port 22 is SSH"],
    [
      "SSH to two halves of the Internet",
      digitalocean("tcp", "22", ["0.0.0.0/1", "128.0.0.0/1"]),
      "port 22 of tcp to 0.0.0.0/1, 128.0.0.0/1: port 22 is SSH",
    ],
    [
      "SSH to all of IPv4 in 256 pieces",
      digitalocean("tcp", "22", EIGHTS),
      "port 22 of tcp to 0.0.0.0/8, 1.0.0.0/8, 2.0.0.0/8, 3.0.0.0/8, 4.0.0.0/8, 5.0.0.0/8, 6.0.0.0/8, 7.0.0.0/8 and 248 more: port 22 is SSH",
    ],
    ["SSH to IPv4 as it looks in IPv6", digitalocean("tcp", "22", ["::ffff:0:0/96"]), "port 22 is SSH"],
    ["a range with SSH in it", digitalocean("tcp", "22-25", WORLD), "port 22-25 of tcp to"],
    ["all ports", digitalocean("tcp", "all", WORLD), "all ports of tcp to"],
    ["DNS over UDP", digitalocean("udp", "53", WORLD), "port 53 is not one that the world may reach"],
    ["ManageSieve", gcp("tcp", ["4190"], WORLD), "port 4190 is ManageSieve"],
    ["everything", gcp("tcp", undefined, ["0.0.0.0/0"]), "all ports of tcp"],
    ["everything of every protocol", gcp("all", undefined, ["::/0"]), "all ports of all to ::/0"],
    ["Google's default of all sources", gcp("tcp", ["22"], undefined), "port 22 of tcp to 0.0.0.0/0"],
    ["the link, to the world", digitalocean("tcp", "4433", WORLD), "port 4433 is not one that the world may reach"],
    [
      "the link, to a network",
      gcp("tcp", ["4433"], ["192.0.2.0/24", "192.0.2.7/32"]),
      "port 4433 is the link between sites; name their addresses, not 192.0.2.0/24.",
    ],
    ["the link, to a tag of Google's", gcp("tcp", ["4433"], undefined, { sourceTags: ["web"] }), "not the tag web."],
    [
      "the link, to a tag of DigitalOcean's",
      byTag("4433"),
      "name their addresses, not the tag web, the load balancer front.",
    ],
    ["the link among everything", gcp("all", undefined, ["192.0.2.0/24"]), "not 192.0.2.0/24."],
    ["the link among others", digitalocean("tcp", "4000-5000", ["2001:db8::/64"]), "not 2001:db8::/64."],
    ["a port that is no number", digitalocean("tcp", "ssh", WORLD), "port ssh of tcp"],
  ])("refuses %s", async (_, firewall, says) => {
    const found = await violations(rule, firewall);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain("the firewall site opens ");
    expect(found[0]).toContain(says);
  });

  it.each([
    ["mail", digitalocean("tcp", "993", WORLD)],
    ["the web", gcp("tcp", ["80", "443"], WORLD)],
    ["SSH from known networks", digitalocean("tcp", "22", ["203.0.113.0/24", "2001:db8:9::/48"])],
    ["SSH from machines with a tag", byTag("22")],
    ["the link, to sites", digitalocean("tcp", "4433", ["192.0.2.7/32", "192.0.2.8", "2001:db8::1/128"])],
    ["pings", gcp("icmp", undefined, ["0.0.0.0/0"])],
    [
      "what leaves",
      { ...gcp("all", undefined, WORLD), props: { ...gcp("all", undefined, WORLD).props, direction: "EGRESS" } },
    ],
  ])("accepts %s", async (_, firewall) => {
    expect(await violations(rule, firewall)).toEqual([]);
  });

  it("takes further ports from its configuration", async () => {
    expect(await violations(rule, digitalocean("tcp", "8443", WORLD), { config: { ports: [8080] } })).toHaveLength(1);
    expect(await violations(rule, digitalocean("tcp", "8443", WORLD), { config: { ports: [8443] } })).toEqual([]);
  });

  it("cannot run on sources that are not known yet", async () => {
    await expect(violations(rule, gcp("tcp", ["22"], UNKNOWN))).rejects.toThrow(/known during preview/);
  });
});
