/** What is done to a site's machine once all machines are made: it lets the others in, and is made fit for a release. */
import * as pulumi from "@pulumi/pulumi";
import { textOutput } from "../keys/text-output.ts";
import type { MachinePlan } from "../plan/machine.ts";
import { concat, type Ref } from "../plan/text.ts";
import { Machine } from "./machine-resource.ts";
import type { SiteMachine } from "./site-machine.ts";

/** A machine, and what is done to it. */
export interface SiteSetupArgs {
  /** What it must be like. */
  readonly plan: MachinePlan;
  /** The machine, which is there by then. */
  readonly machine: SiteMachine;
  /** Gives the values that are not known before keys and machines exist. */
  readonly resolve: (ref: Ref) => pulumi.Output<string>;
}

/** The firewall's opening for the other sites, and the machine's packages and files. A release waits for it. */
export class SiteSetup extends pulumi.ComponentResource {
  constructor(name: string, args: SiteSetupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mailkeep:platforms:SiteSetup", name, { site: name }, opts);
    const { plan, machine, resolve } = args;
    const { made, files } = plan;
    const child = { parent: this };
    const link = made?.exposure.link;
    if (machine.made !== undefined && link !== undefined) {
      const from = link.from.map((address) => textOutput(concat(address, "/32"), resolve));
      machine.made.openLink(`${name}-link`, { port: link.port, from }, child);
    }
    new Machine(
      name,
      {
        machine: machine.made?.machine ?? machine.connection.address,
        connection: machine.connection,
        ...(made !== undefined && {
          firstContact: {
            hostKey: resolve({ ref: "publicKeyOpenssh", key: made.keys.first }),
            privateKey: resolve({ ref: "privateKeyOpenssh", key: made.keys.host }),
          },
        }),
        packages: plan.packages,
        files: files.map((file) => ({ ...file, content: textOutput(file.content, resolve) })),
      },
      child,
    );
    this.registerOutputs({});
  }
}
