/** The machine of a site: made where a cloud makes it, and reached wherever it is. */
import * as pulumi from "@pulumi/pulumi";
import { textOutput } from "../keys/text-output.ts";
import type { DropletPlan, InstancePlan, MachinePlan, MadePlan } from "../plan/machine.ts";
import type { Ref, Text } from "../plan/text.ts";
import type { ReleaseConnection } from "../release/resource.ts";
import { renderCloudInit } from "./cloud-init.ts";
import type { DropletAccount } from "./digitalocean-droplet/account.ts";
import { DropletMachine } from "./digitalocean-droplet/droplet.ts";
import { GcpMachine, MAIL_DEVICE_PATH } from "./gcp-instance/instance.ts";
import type { Made } from "./made.ts";

/** The machine of a site, and what it is made with. */
export interface SiteMachineArgs {
  /** Name of the stack, which names in the clouds have in them. */
  readonly stack: string;
  /** The machine, as the plan has it. */
  readonly machine: MachinePlan;
  /** Gives the values that are not known before keys and machines exist. */
  readonly resolve: (ref: Ref) => pulumi.Output<string>;
  /** What a stack's droplets share; undefined in a stack without any. */
  readonly account: DropletAccount | undefined;
}

/** Makes the machine where a cloud makes it; one that was there before is only told how it is reached. */
export class SiteMachine extends pulumi.ComponentResource {
  /** How mailkeep reaches it by SSH. */
  readonly connection: ReleaseConnection;
  /** Undefined for one that was there before. */
  readonly made: Made | undefined;

  constructor(name: string, args: SiteMachineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mailkeep:platforms:SiteMachine", name, { stack: args.stack, site: name }, opts);
    const { machine: plan, resolve } = args;
    const { made } = plan;
    this.made = made && this.#make(name, made, args);
    const { address, port, user, hostKey, identity } = plan.connection;
    this.connection = {
      address: this.made?.v4 ?? textOutput(address, resolve),
      port,
      user,
      hostKey: textOutput(hostKey, resolve),
      identity: pulumi.secret(textOutput(identity, resolve)),
    };
    this.registerOutputs({});
  }

  /** An address that only making the machine tells. @throws Error for a machine that was there before */
  address(family: "v4" | "v6"): pulumi.Output<string> {
    if (this.made === undefined) throw new Error("A machine that was there before has the addresses of the settings.");
    return this.made[family];
  }

  #make(name: string, plan: DropletPlan | InstancePlan, args: SiteMachineArgs): Made {
    const { stack, account, resolve } = args;
    const child = { parent: this };
    switch (plan.platform) {
      case "digitalocean-droplet": {
        if (account === undefined) throw new Error(`The droplet of ${name} has no account to be made in.`);
        const userData = userDataOf(plan, resolve, undefined);
        return new DropletMachine(name, { stack, plan, userData, account }, child);
      }
      case "gcp-instance": {
        const userData = userDataOf(plan, resolve, MAIL_DEVICE_PATH);
        return new GcpMachine(name, { stack, plan, userData }, child);
      }
    }
  }
}

function userDataOf(
  { hostname, user, keys, authorizedKeys, firstFiles }: MadePlan,
  resolve: (ref: Ref) => pulumi.Output<string>,
  emptyMailDisk: string | undefined,
): pulumi.Output<string> {
  const known = (text: Text): pulumi.Output<string> => pulumi.output(textOutput(text, resolve));
  return pulumi
    .all([
      resolve({ ref: "privateKeyOpenssh", key: keys.first }),
      resolve({ ref: "publicKeyOpenssh", key: keys.first }),
      pulumi.all(authorizedKeys.map(known)),
      pulumi.all(firstFiles.map(({ content }) => known(content))),
    ])
    .apply(([privateKey, publicKey, opening, contents]) =>
      renderCloudInit({
        hostname,
        user,
        authorizedKeys: opening,
        firstHostKey: { privateKey, publicKey },
        files: firstFiles.map((file, index) => ({ ...file, content: contents[index] ?? "" })),
        ...(emptyMailDisk !== undefined && { emptyMailDisk }),
      }),
    );
}
