/** The template `production` as it is made in the clouds, under all packs, and slips in it that only machines there can have. */
import { beforeAll, describe, expect, it } from "vitest";
import { allRules } from "../../policy/rules.ts";
import { fields, list } from "../../policy/read/values.ts";
import { type FakeResource, stackViolations } from "../support/policy.ts";
import { cloudResources } from "../support/program.ts";
import { type Change, inFile, inResource, inService } from "../support/slips.ts";

describe("a stack in the clouds", () => {
  let resources: readonly FakeResource[];
  beforeAll(async () => {
    resources = await cloudResources();
  });

  const violations = async (name: string, change: Change = (same) => [...same]): Promise<readonly string[]> => {
    const rule = allRules.find((one) => one.name === name);
    if (rule === undefined) throw new Error(`There is no rule ${name}.`);
    return await stackViolations(rule, change(resources), { stack: "production" });
  };

  it.each(allRules.map(({ name }) => name))("passes %s", async (name) => {
    expect(await violations(name)).toEqual([]);
  });

  it.each<[string, string, Change, string]>([
    [
      "require-reverse-name",
      "a droplet has a name that its mail does not say",
      inResource("digitalocean:index/droplet:Droplet", "alpha-machine", (props) => ({ ...props, name: "alpha" })),
      "has the PTR record alpha, but the site says HELO alpha.mailkeep.example",
    ],
    [
      "require-open-egress-port",
      "nobody says that the account's port 25 is open",
      inResource("digitalocean:index/droplet:Droplet", "charlie-machine", (props) => ({
        ...props,
        tags: ["mailkeep-production"],
      })),
      "charlie.mailkeep.example sends mail directly, and DigitalOcean keeps port 25 closed for new accounts",
    ],
    [
      "require-spf-of-egress",
      "Postfix is known by another address",
      inFile("alpha", "mx", "main.cf", /proxy_interfaces = \S+,/, "proxy_interfaces = 192.0.2.99,"),
      "lacks 192.0.2.99, which its mail leaves from",
    ],
    [
      "disallow-publish-outside-net",
      "net publishes on every address of a machine",
      inService("alpha", "net", { ports: [{ host_ip: "0.0.0.0", target: 25, published: "25" }] }),
      "which is not listed",
    ],
    [
      "disallow-open-firewall-port",
      "the link is open to a network",
      inResource("digitalocean:index/firewall:Firewall", "alpha-link", (props) => ({
        ...props,
        inboundRules: [{ ...fields(list(props["inboundRules"])[0]), sourceAddresses: ["192.0.2.0/24"] }],
      })),
      "port 4433 is the link between sites; name their addresses, not 192.0.2.0/24.",
    ],
  ])("is stopped by %s when %s", async (name, _, change, says) => {
    expect((await violations(name, change)).join("\n")).toContain(says);
  });
});
