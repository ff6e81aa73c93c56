/** A site's machine at Google Cloud. */
import * as pulumi from "@pulumi/pulumi";
import { Address } from "@pulumi/gcp/compute/address.js";
import { Firewall } from "@pulumi/gcp/compute/firewall.js";
import { Instance } from "@pulumi/gcp/compute/instance.js";
import type { InstanceArgs } from "@pulumi/gcp/compute/instance.js";
import { Network } from "@pulumi/gcp/compute/network.js";
import { Subnetwork } from "@pulumi/gcp/compute/subnetwork.js";
import { GCP_BOOT_DISK_GIB, type InstancePlan } from "../../plan/machine.ts";
import { cloudName } from "../cloud-names.ts";
import { CLOUD_SUBNET } from "../addresses.ts";
import { canonicalIpv6 } from "../../settings/ipv6.ts";
import type { LinkOpening, Made, MadeArgs } from "../made.ts";
import { type FirewallRule, firewallRules, linkRule } from "./firewalls.ts";
import { MailDisk } from "./mail-disk.ts";
import { STARTUP_SCRIPT } from "./startup.ts";

/** Name of the disk for mail as the machine sees it. */
const MAIL_DEVICE = "mail";
/** Where the machine finds it, with or without a file system. */
export const MAIL_DEVICE_PATH = `/dev/disk/by-id/google-${MAIL_DEVICE}`;

/** The tier whose IPv6 addresses can be kept. */
const TIER = "PREMIUM";

/** One instance with its network, addresses, firewall, and a protected disk for mail. */
export class GcpMachine extends pulumi.ComponentResource implements Made {
  readonly machine: pulumi.Output<string>;
  readonly v4: pulumi.Output<string>;
  readonly v6: pulumi.Output<string>;
  readonly #guard: { readonly own: string; readonly project: string; readonly network: pulumi.Output<string> };

  constructor(name: string, args: MadeArgs<InstancePlan>, opts?: pulumi.ComponentResourceOptions) {
    const { stack, plan } = args;
    super("mailkeep:platforms:GcpInstance", name, { stack, hostname: plan.hostname }, opts);
    const child = { parent: this };
    const own = { name: cloudName(stack, name), project: plan.project };
    const place = { project: plan.project, region: regionOf(plan.zone) };
    const network = new Network(`${name}-network`, { ...own, autoCreateSubnetworks: false }, child);
    const subnetwork = new Subnetwork(
      `${name}-subnetwork`,
      {
        ...place,
        name: own.name,
        network: network.id,
        ipCidrRange: CLOUD_SUBNET.subnet,
        stackType: "IPV4_IPV6",
        ipv6AccessType: "EXTERNAL",
      },
      child,
    );
    const address = { ...place, addressType: "EXTERNAL", networkTier: TIER };
    const v4 = new Address(`${name}-v4`, { ...address, name: `${own.name}-v4` }, child);
    const v6 = new Address(
      `${name}-v6`,
      { ...address, name: `${own.name}-v6`, ipVersion: "IPV6", ipv6EndpointType: "VM", subnetwork: subnetwork.id },
      child,
    );
    const disk = new MailDisk(`${name}-mail`, { ...own, ...place, zone: plan.zone, sizeGiB: plan.mailDiskGiB }, child);
    this.#guard = { own: own.name, project: plan.project, network: network.id };
    for (const rule of firewallRules(plan.exposure)) this.#open(`${name}-${rule.name}`, rule, child);
    const addresses = { v4: v4.address, v6: v6.address };
    const instance = new Instance(
      `${name}-machine`,
      {
        ...own,
        ...machine(plan, subnetwork.id, addresses),
        ...starting(plan, args.userData, disk.source),
        tags: [own.name],
      },
      // A change of these would make the machine anew; what they say reaches one that is there by SSH.
      { ...child, ignoreChanges: ["bootDisk", 'metadata["user-data"]'] },
    );
    this.machine = instance.instanceId;
    this.v4 = v4.address;
    this.v6 = v6.address.apply(canonicalIpv6);
    this.registerOutputs({ machine: this.machine, v4: this.v4, v6: this.v6 });
  }

  openLink(name: string, link: LinkOpening, opts: pulumi.CustomResourceOptions): void {
    this.#open(name, linkRule(link), opts);
  }

  #open(name: string, { name: kind, ...allowed }: FirewallRule, opts: pulumi.CustomResourceOptions): void {
    const { own, project, network } = this.#guard;
    const firewall = { name: `${own}-${kind}`, project, network, direction: "INGRESS", targetTags: [own] };
    new Firewall(name, { ...firewall, ...allowed }, opts);
  }
}

type Addresses = Readonly<Record<"v4" | "v6", pulumi.Input<string>>>;

function machine(plan: InstancePlan, subnetwork: pulumi.Input<string>, { v4, v6 }: Addresses) {
  // Google asks who owns the domain before it takes the name.
  const name = { publicPtrDomainName: `${plan.hostname}.`, networkTier: TIER };
  return {
    zone: plan.zone,
    machineType: plan.machineType,
    hostname: plan.hostname,
    networkInterfaces: [
      {
        subnetwork,
        networkIp: CLOUD_SUBNET.machine,
        stackType: "IPV4_IPV6",
        accessConfigs: [{ natIp: v4, ...name }],
        ipv6AccessConfigs: [{ externalIpv6: v6, externalIpv6PrefixLength: "96", ...name }],
      },
    ],
    // No service account: what runs here may ask nothing of Google Cloud.
    shieldedInstanceConfig: { enableSecureBoot: true, enableVtpm: true, enableIntegrityMonitoring: true },
    allowStoppingForUpdate: true,
  };
}

function starting(
  plan: InstancePlan,
  userData: pulumi.Input<string>,
  mailDisk: pulumi.Input<string>,
): Pick<InstanceArgs, "bootDisk" | "attachedDisks" | "metadata"> {
  return {
    bootDisk: { initializeParams: { image: plan.image, size: GCP_BOOT_DISK_GIB, type: "pd-balanced" } },
    attachedDisks: [{ source: mailDisk, deviceName: MAIL_DEVICE }],
    metadata: {
      "user-data": userData,
      "startup-script": STARTUP_SCRIPT,
      "block-project-ssh-keys": "TRUE",
      "enable-oslogin": "FALSE",
    },
  };
}

/** `europe-west3-a` lies in `europe-west3`. */
function regionOf(zone: string): string {
  return zone.replace(/-[a-z]$/, "");
}
