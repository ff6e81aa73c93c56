import { describe, expect, it } from "vitest";
import { requireMachineFirewall as rule } from "../../../policy/network/require-machine-firewall.ts";
import { type FakeResource, stackViolations, UNKNOWN } from "../../support/policy.ts";
import { digitalocean, gcp, WORLD } from "./firewalls.ts";

const DROPLET = "digitalocean:index/droplet:Droplet";
const INSTANCE = "gcp:compute/instance:Instance";
const NETWORK = "gcp:compute/network:Network";
const SUBNETWORK = "gcp:compute/subnetwork:Subnetwork";

type Props = FakeResource["props"];

const droplet = (props: Props): FakeResource => ({ type: DROPLET, name: "alpha", props });
const firewall = (props: Props, sources: FakeResource["sources"] = {}): FakeResource => {
  const one = digitalocean("tcp", "25", WORLD);
  return { ...one, props: { ...one.props, ...props }, sources };
};

const network = (name: string): FakeResource => ({ type: NETWORK, name, props: { name } });
const subnetwork: FakeResource = {
  type: SUBNETWORK,
  name: "one",
  props: { network: UNKNOWN },
  sources: { network: [`${NETWORK}::one`] },
};
const instance = (props: Props, sources: FakeResource["sources"] = { networkInterfaces: [`${SUBNETWORK}::one`] }) => ({
  type: INSTANCE,
  name: "bravo",
  props: { networkInterfaces: [{ subnetwork: UNKNOWN }], tags: ["bravo"], ...props },
  sources,
});
const guard = (props: Props, of = "one"): FakeResource => ({
  ...gcp("tcp", ["25"], ["0.0.0.0/0"], { network: UNKNOWN, ...props }),
  sources: { network: [`${NETWORK}::${of}`] },
});
const google = (...more: readonly FakeResource[]) =>
  stackViolations(rule, [network("one"), network("two"), subnetwork, ...more]);

describe("require-machine-firewall", () => {
  const alone =
    "the droplet alpha is behind no firewall of this stack; name it in the `dropletIds` of one, or one of its tags in " +
    "the `tags`.";
  const known = { dropletUrn: "do:droplet:101", tags: ["mail"] };

  it.each<[string, FakeResource[]]>([
    ["no firewall", []],
    ["one of another droplet", [firewall({ dropletIds: [10] })]],
    ["one of another tag", [firewall({ dropletIds: [], tags: ["web"] })]],
    ["another cloud's", [guard({ targetTags: ["mail"] })]],
  ])("refuses a droplet with %s", async (_, firewalls) => {
    expect(await stackViolations(rule, [droplet(known), ...firewalls])).toEqual([alone]);
  });

  it.each<[string, FakeResource[]]>([
    ["by its number", [droplet(known), firewall({})]],
    ["by its tag", [droplet(known), firewall({ dropletIds: undefined, tags: ["mail"] })]],
    [
      "before it is made",
      [
        droplet({ dropletUrn: UNKNOWN, tags: [] }),
        firewall({ dropletIds: [UNKNOWN] }, { dropletIds: [`${DROPLET}::alpha`] }),
      ],
    ],
  ])("accepts a droplet that a firewall names %s", async (_, resources) => {
    expect(await stackViolations(rule, resources)).toEqual([]);
  });

  const outside =
    "the instance bravo is behind no firewall of this stack; put it into a network of this stack where one has its tag " +
    "in the `targetTags`.";

  it.each<[string, FakeResource[]]>([
    ["no firewall", [instance({})]],
    ["one of another tag", [instance({}), guard({ targetTags: ["alpha"] })]],
    ["one of another network", [instance({}), guard({ targetTags: ["bravo"] }, "two")]],
    ["one of an account", [instance({}), guard({ targetServiceAccounts: ["mail"] })]],
    ["one for what leaves", [instance({}), guard({ targetTags: ["bravo"], direction: "EGRESS" })]],
    ["the cloud's own network", [instance({ networkInterfaces: [{ network: "default" }] }, {}), guard({})]],
    [
      "the cloud's own network as a second one",
      [instance({ networkInterfaces: [{ subnetwork: UNKNOWN }, { network: "default" }] }), guard({})],
    ],
    ["no network", [instance({ networkInterfaces: [] }, {}), guard({})]],
  ])("refuses an instance with %s", async (_, resources) => {
    expect(await google(...resources)).toEqual([outside]);
  });

  it.each<[string, FakeResource[]]>([
    ["for its tag", [instance({}), guard({ targetTags: ["alpha", "bravo"] })]],
    ["for its whole network", [instance({}), guard({})]],
    ["in a network that it names", [instance({}, { networkInterfaces: [`${NETWORK}::one`] }), guard({})]],
  ])("accepts an instance with one %s", async (_, resources) => {
    expect(await google(...resources)).toEqual([]);
  });

  it("cannot run on tags that are not known yet", async () => {
    await expect(stackViolations(rule, [droplet({ ...known, tags: UNKNOWN }), firewall({})])).rejects.toThrow(
      /known during preview/,
    );
  });
});
