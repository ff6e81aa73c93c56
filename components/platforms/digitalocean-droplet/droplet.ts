/** A site's machine at DigitalOcean. */
import * as pulumi from "@pulumi/pulumi";
import { Droplet } from "@pulumi/digitalocean/droplet.js";
import { Firewall } from "@pulumi/digitalocean/firewall.js";
import { ProjectResources } from "@pulumi/digitalocean/projectResources.js";
import { Volume } from "@pulumi/digitalocean/volume.js";
import { VolumeAttachment } from "@pulumi/digitalocean/volumeAttachment.js";
import { Vpc } from "@pulumi/digitalocean/vpc.js";
import type { DropletPlan } from "../../plan/machine.ts";
import { canonicalIpv6 } from "../../settings/ipv6.ts";
import { cloudName } from "../cloud-names.ts";
import type { Exposure } from "../exposure.ts";
import { MAIL_LABEL } from "../mail-disk-files.ts";
import { WORLD_V4, WORLD_V6 } from "../made.ts";
import type { LinkOpening, Made, MadeArgs } from "../made.ts";
import type { DropletAccount } from "./account.ts";

/** Says of a droplet, where everybody sees it, that port 25 is known to be open for its account. */
const SENDS_MAIL = "mailkeep-egress-port-25-confirmed";

/** A machine, and the account that it is made in. */
export interface DropletMachineArgs extends MadeArgs<DropletPlan> {
  /** What all droplets of the stack share. */
  readonly account: DropletAccount;
}

/** One droplet with its network, its firewall, and a protected volume for mail. */
export class DropletMachine extends pulumi.ComponentResource implements Made {
  readonly machine: pulumi.Output<string>;
  readonly v4: pulumi.Output<string>;
  readonly v6: pulumi.Output<string>;
  readonly #own: string;

  constructor(name: string, args: DropletMachineArgs, opts?: pulumi.ComponentResourceOptions) {
    const { stack, plan, account } = args;
    super("mailkeep:platforms:Droplet", name, { stack, hostname: plan.hostname }, opts);
    const child = { parent: this };
    const own = cloudName(stack, name);
    this.#own = own;
    const tags = [account.tag.name];
    // DigitalOcean chooses a range that is free: no two networks of an account overlap, those of another stack among them.
    const network = new Vpc(`${name}-network`, { name: own, region: plan.region }, child);
    const volume = new Volume(`${name}-mail`, mailVolume(own, plan, tags), { ...child, protect: true });
    const droplet = new Droplet(
      `${name}-machine`,
      {
        // DigitalOcean makes the PTR record of a name that is fully qualified.
        name: plan.hostname,
        region: plan.region,
        size: plan.size,
        // A disk that has grown never shrinks, so no smaller size could be had again. Mail lies on the volume.
        resizeDisk: false,
        image: plan.image,
        ipv6: true,
        monitoring: true,
        dropletAgent: false,
        vpcUuid: network.id,
        sshKeys: [account.sshKey.fingerprint],
        tags: plan.sendsMail ? [SENDS_MAIL, ...tags] : tags,
        userData: args.userData,
      },
      // A change of these would make the droplet anew, with other addresses; what the first three say reaches one that is there
      // by SSH, and the others are for those that a later version makes.
      { ...child, ignoreChanges: ["userData", "image", "sshKeys", "monitoring", "dropletAgent"] },
    );
    const dropletId = droplet.id.apply(Number);
    new VolumeAttachment(`${name}-mail`, { dropletId, volumeId: volume.id }, child);
    new Firewall(`${name}-firewall`, { name: own, dropletIds: [dropletId], ...rules(plan.exposure) }, child);
    const resources = [droplet.dropletUrn, volume.volumeUrn];
    new ProjectResources(`${name}-project`, { project: account.project.id, resources }, child);
    this.machine = droplet.id;
    this.v4 = droplet.ipv4Address;
    this.v6 = droplet.ipv6Address.apply(canonicalIpv6);
    this.registerOutputs({ machine: this.machine, v4: this.v4, v6: this.v6 });
  }

  /** A second firewall: what any of a droplet's allows is allowed. */
  openLink(name: string, { port, from }: LinkOpening, opts: pulumi.CustomResourceOptions): void {
    const inboundRules = [{ protocol: "tcp", portRange: String(port), sourceAddresses: [...from] }];
    new Firewall(name, { name: `${this.#own}-link`, dropletIds: [this.machine.apply(Number)], inboundRules }, opts);
  }
}

function mailVolume(own: string, plan: DropletPlan, tags: pulumi.Input<string>[]) {
  return {
    name: `${own}-mail`,
    region: plan.region,
    size: plan.mailDiskGiB,
    initialFilesystemType: "ext4",
    initialFilesystemLabel: MAIL_LABEL,
    // Another description would make the volume anew, so it has nothing in it that can change.
    description: `Mail of ${own}`,
    tags,
  };
}

function rules({ ssh, worldPorts }: Exposure) {
  const world = [WORLD_V4, WORLD_V6];
  const tcp = (port: number, sourceAddresses: string[]) => ({
    protocol: "tcp",
    portRange: String(port),
    sourceAddresses,
  });
  const out = (protocol: "tcp" | "udp") => ({ protocol, portRange: "1-65535", destinationAddresses: world });
  return {
    inboundRules: [
      tcp(ssh.port, [...ssh.from.v4, ...ssh.from.v6]),
      ...worldPorts.map((port) => tcp(port, world)),
      { protocol: "icmp", sourceAddresses: world },
    ],
    outboundRules: [out("tcp"), out("udp"), { protocol: "icmp", destinationAddresses: world }],
  };
}
