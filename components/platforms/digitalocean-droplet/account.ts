/** What the droplets of a stack share. */
import * as pulumi from "@pulumi/pulumi";
import { Project } from "@pulumi/digitalocean/project.js";
import { SshKey } from "@pulumi/digitalocean/sshKey.js";
import { Tag } from "@pulumi/digitalocean/tag.js";

/** What names and opens a stack's droplets. */
export interface DropletAccountArgs {
  /** Name of the stack, which the names of all of it end with. */
  readonly stack: string;
  /** The stack's own public key. The account knows a key once, so that all droplets share the resource. */
  readonly deployKey: pulumi.Input<string>;
  /** Which of the stack's keys it is. */
  readonly number: number;
}

/** A key, a tag and a project, one of each for a stack. */
export class DropletAccount extends pulumi.ComponentResource {
  /** DigitalOcean mails a password for root where a droplet has no key of the account. */
  readonly sshKey: SshKey;
  /** Tells the stack's droplets and volumes from others in the account. */
  readonly tag: Tag;
  /** Where the account's owner sees them together. */
  readonly project: Project;

  constructor(name: string, { stack, deployKey, number }: DropletAccountArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mailkeep:platforms:DropletAccount", name, { stack }, opts);
    const own = `mailkeep-${stack}`;
    // Another key is another resource. One that is replaced is deleted first, and with it, whatever their changes are told to
    // ignore, all droplets that were made with it.
    const which = number === 1 ? "" : `-${number}`;
    this.sshKey = new SshKey(`${name}-key${which}`, { name: `${own}${which}`, publicKey: deployKey }, { parent: this });
    this.tag = new Tag(`${name}-tag`, { name: own }, { parent: this });
    this.project = new Project(
      `${name}-project`,
      { name: own, description: "A mail system, owned by mailkeep.", purpose: "Mail" },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
