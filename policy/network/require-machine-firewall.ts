/** A cloud lets everything through to a machine that it has no firewall for, or what its own default network lets through. */
import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { originsOf } from "../read/origins.ts";
import { fields, list, word, words } from "../read/values.ts";

type Resources = readonly PolicyResource[];

interface Kind {
  /** What the cloud calls it. */
  readonly kind: string;
  readonly isGuarded: (machine: PolicyResource, resources: Resources) => boolean;
  /** How it gets a firewall. */
  readonly fix: string;
}

const KINDS: Readonly<Record<string, Kind>> = {
  "digitalocean:index/droplet:Droplet": {
    kind: "droplet",
    isGuarded: (droplet, resources) =>
      ofType("digitalocean:index/firewall:Firewall", resources).some((firewall) => guardsDroplet(firewall, droplet)),
    fix: "name it in the `dropletIds` of one, or one of its tags in the `tags`",
  },
  "gcp:compute/instance:Instance": {
    kind: "instance",
    isGuarded: (instance, resources) => {
      const firewalls = ofType("gcp:compute/firewall:Firewall", resources);
      return networksOf(instance).every((network) =>
        firewalls.some((firewall) => guardsInstance(firewall, instance, network)),
      );
    },
    fix: "put it into a network of this stack where one has its tag in the `targetTags`",
  },
};

export const requireMachineFirewall: StackValidationPolicy = {
  name: "require-machine-firewall",
  description: "Each machine that a cloud makes is behind a firewall of this stack.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps: "Give the machine a firewall of its cloud that names it, or one of its tags.",
  validateStack: ({ resources }, report) => {
    for (const machine of resources) {
      const found = KINDS[machine.type];
      if (found !== undefined && !found.isGuarded(machine, resources))
        report(`the ${found.kind} ${machine.name} is behind no firewall of this stack; ${found.fix}.`);
    }
  },
};

/** A droplet that is yet to be made has no number, but the firewall's list comes from it. */
function guardsDroplet(firewall: PolicyResource, droplet: PolicyResource): boolean {
  const named = originsOf(firewall, "dropletIds").filter((one) => one !== "");
  const { tags } = droplet.props;
  return (
    named.includes(droplet.urn) ||
    meet(words(firewall.props["tags"]), words(tags)) ||
    (named.some((one) => /^\d+$/.test(one)) && named.includes(numberOf(droplet)))
  );
}

/** `do:droplet:3164444` has the number last. */
function numberOf({ props }: PolicyResource): string {
  return word(props["dropletUrn"]).replace(/^.*:/, "");
}

/** One without targets is for all machines of its network. */
function guardsInstance(firewall: PolicyResource, instance: PolicyResource, network: string): boolean {
  const { direction, targetTags, targetServiceAccounts } = firewall.props;
  if (word(direction).toUpperCase() === "EGRESS" || !originsOf(firewall, "network").includes(network)) return false;
  const targets = words(targetTags);
  const forAll = targets.length === 0 && words(targetServiceAccounts).length === 0;
  return forAll || meet(targets, words(instance.props["tags"]));
}

/** The networks of an instance, as {@link originsOf} names them: those of its subnetworks, or named by itself. */
function networksOf(instance: PolicyResource): readonly string[] {
  const made = instance.propertyDependencies["networkInterfaces"] ?? [];
  const networks = [
    ...ofType("gcp:compute/network:Network", made).map(({ urn }) => urn),
    ...ofType("gcp:compute/subnetwork:Subnetwork", made).flatMap((subnetwork) => originsOf(subnetwork, "network")),
  ];
  const interfaces = list(instance.props["networkInterfaces"]);
  // One that comes from no network of this stack is in one that nobody here looks after.
  if (networks.length > 0) return interfaces.length > networks.length ? [...networks, ""] : networks;
  const named = interfaces.map((one) => word(fields(one)["network"]));
  return named.length > 0 ? named : [""];
}

function ofType(type: string, resources: Resources): Resources {
  return resources.filter((one) => one.type === type);
}

function meet(some: readonly string[], others: readonly string[]): boolean {
  return some.some((one) => others.includes(one));
}
