/** Further slips in the template `production` that only machines in the clouds can have. Each rule has one in its pack's own table. */
import { beforeAll, describe, expect, it } from "vitest";
import { allRules } from "../../policy/rules.ts";
import { fields, list, word } from "../../policy/read/values.ts";
import { type FakeResource, stackViolations } from "../support/policy.ts";
import { cloudResources } from "../support/program.ts";
import { type Change, inResource, inService, withoutResource } from "../support/slips.ts";

describe("a stack in the clouds", () => {
  let resources: readonly FakeResource[];
  beforeAll(async () => {
    resources = await cloudResources();
  });

  const violations = async (name: string, change: Change): Promise<readonly string[]> => {
    const rule = allRules.find((one) => one.name === name);
    if (rule === undefined) throw new Error(`There is no rule ${name}.`);
    return await stackViolations(rule, change(resources), { stack: "production" });
  };

  it.each<[string, string, Change, string]>([
    [
      "disallow-publish-outside-net",
      "net publishes on every address of a machine",
      inService("alpha", "net", { ports: [{ host_ip: "0.0.0.0", target: 25, published: "25" }] }),
      "which is not listed",
    ],
    [
      "require-protected-mail-disk",
      "an instance's disk has no snapshots",
      withoutResource("bravo-mail-snapshots", "gcp:compute/diskResourcePolicyAttachment:DiskResourcePolicyAttachment"),
      "the disk bravo-mail has no schedule of snapshots",
    ],
    [
      "require-machine-firewall",
      "an instance has no tag that a firewall is for",
      inResource("gcp:compute/instance:Instance", "bravo-machine", (props) => ({ ...props, tags: ["bravo"] })),
      "the instance bravo-machine is behind no firewall of this stack",
    ],
    [
      "disallow-foreign-link-peer",
      "a machine's own firewall lets a stranger use the link",
      inResource("compose:index:Machine", "charlie", (props) => ({
        ...props,
        files: list(props["files"])
          .map(fields)
          .map((file) => ({ ...file, content: word(file["content"]).replace("192.0.2.13,", "192.0.2.99,") })),
      })),
      "the machine charlie (/etc/nftables.conf) opens the link between sites to 192.0.2.99",
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
