/** All machines of a stack. One of local sites has none. */
import type * as pulumi from "@pulumi/pulumi";
import type { MachinePlan } from "../plan/machine.ts";
import type { Ref } from "../plan/text.ts";
import type { SitePlan } from "../plan/types.ts";
import { directoryThere } from "../release/names.ts";
import type { ReleaseGroupArgs } from "../release/site-release.ts";
import { DropletAccount } from "./digitalocean-droplet/account.ts";
import { SiteMachine } from "./site-machine.ts";
import { SiteSetup } from "./site-setup.ts";

/** What all machines of a stack have in common. */
export interface MachinesArgs {
  /** Name of the stack, which names in the clouds have in them. */
  readonly stack: string;
  /** Gives the text of a reference to a key. */
  readonly resolve: (ref: Ref) => pulumi.Output<string>;
}

interface MadeSite {
  readonly plan: MachinePlan;
  readonly machine: SiteMachine;
}

/** A small machine with all a site's containers, after a restart. */
const WAIT_SECONDS = 600;

/** Makes the machines, then sets each of them up, and says how a site's is reached. */
export class Machines {
  /** The public key that opens them; undefined where there are none. */
  readonly deployKey: pulumi.Output<string> | undefined;
  readonly #stack: string;
  readonly #sites: ReadonlyMap<string, MadeSite>;
  readonly #setups: ReadonlyMap<string, SiteSetup>;

  constructor(sites: readonly Pick<SitePlan, "name" | "machine">[], { stack, resolve }: MachinesArgs) {
    this.#stack = stack;
    const plans = sites.flatMap(({ name, machine }) => (machine === undefined ? [] : [{ name, plan: machine }]));
    const droplets = plans.some(({ plan }) => plan.made?.platform === "digitalocean-droplet");
    const [first] = plans;
    const deployKey = first && resolve({ ref: "publicKeyOpenssh", key: first.plan.deploy.key });
    const account =
      droplets && first && deployKey
        ? new DropletAccount("droplets", { stack, deployKey, number: first.plan.deploy.number })
        : undefined;
    this.deployKey = deployKey;
    this.#sites = new Map(
      plans.map(({ name, plan }) => {
        const machine = new SiteMachine(name, { stack, machine: plan, resolve, account });
        return [name, { plan, machine }];
      }),
    );
    // Each machine is told of the others' addresses, so all of them are made before any is set up.
    const known = (ref: Ref): pulumi.Output<string> =>
      ref.ref === "siteAddress" ? this.address(ref.site, ref.family) : resolve(ref);
    this.#setups = new Map(
      [...this.#sites].map(([name, { plan, machine }]) => [
        name,
        new SiteSetup(name, { plan, machine, resolve: known }, { dependsOn: machine }),
      ]),
    );
  }

  /** What a site's release must wait for; nothing on the machine that mailkeep runs on. */
  of(site: string): readonly SiteSetup[] {
    const setup = this.#setups.get(site);
    return setup === undefined ? [] : [setup];
  }

  /** Where and how a site's release is put; nothing for one on the machine that mailkeep runs on. */
  releaseArgs(site: string): Pick<ReleaseGroupArgs, "connection" | "mailFolder" | "waitSeconds"> & {
    readonly directory?: string;
  } {
    const found = this.#sites.get(site);
    if (found === undefined) return {};
    const { mailFolder } = found.plan;
    return {
      directory: directoryThere(this.#stack),
      connection: found.machine.connection,
      ...(mailFolder !== undefined && { mailFolder }),
      waitSeconds: WAIT_SECONDS,
    };
  }

  /** An address that only making a site's machine tells. */
  address(site: string, family: "v4" | "v6"): pulumi.Output<string> {
    const found = this.#sites.get(site);
    if (found === undefined) throw new Error(`The site ${site} has no machine of its own.`);
    return found.machine.address(family);
  }
}
