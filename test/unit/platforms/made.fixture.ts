/** A machine of each kind as mocks make it, and how to find what has been made for it. */
import * as pulumi from "@pulumi/pulumi";
import { expect } from "vitest";
import { Machines } from "../../../components/platforms/machines.ts";
import type { Ref } from "../../../components/plan/text.ts";
import type { MockOptions, Seen } from "../../support/mocks.ts";
import { CLOUD, localPlan } from "../plan/plans.ts";

/** A host, a droplet and an instance. */
export const plan = localPlan(CLOUD);

/** Says what it was asked for; a private key is a secret as from the real ones. */
export const resolve = (ref: Ref): pulumi.Output<string> => {
  const said = pulumi.output(`<${Object.values(ref).join(" ")}>`);
  return ref.ref === "privateKeyOpenssh" ? pulumi.secret(said) : said;
};

export const COMPUTED: NonNullable<MockOptions["outputs"]> = {
  "digitalocean:index/droplet:Droplet": () => ({
    ipv4Address: "192.0.2.22",
    ipv6Address: "2001:0DB8:22:0:0:0:0:1",
    dropletUrn: "do:droplet:22",
  }),
  "digitalocean:index/volume:Volume": () => ({ volumeUrn: "do:volume:v" }),
  "digitalocean:index/sshKey:SshKey": () => ({ fingerprint: "aa:bb" }),
  "gcp:compute/address:Address": ({ inputs }) => ({
    address: inputs["ipVersion"] === "IPV6" ? "2001:db8:33:0:0:0:0:1" : "192.0.2.33",
  }),
  "gcp:compute/disk:Disk": ({ name }) => ({ selfLink: `link of ${name}` }),
  "gcp:compute/instance:Instance": () => ({ instanceId: "3333" }),
};

export const make = () => new Machines(plan.sites, { stack: "production", resolve });

/** Types and names of what has been made for some sites, components left out. */
export const made = (resources: readonly Seen[], ...names: readonly string[]): readonly string[] =>
  resources
    .filter(({ custom, name }) => custom && names.includes(name.split("-")[0] ?? ""))
    .map(({ type, name }) => `${type.split(":").at(-1)} ${name}`)
    .toSorted();

export function the(resources: readonly Seen[], type: string, name: string): Seen {
  const found = resources.filter((one) => one.type.endsWith(`:${type}`) && one.name === name);
  expect(found).toHaveLength(1);
  const [one] = found;
  if (one === undefined) throw new Error(`There is no ${type} ${name}.`);
  return one;
}
