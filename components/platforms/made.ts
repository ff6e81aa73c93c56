/** What the clouds' machines have in common. */
import type * as pulumi from "@pulumi/pulumi";
import type { MadePlan } from "../plan/machine.ts";

/** What a cloud's component gets to make a machine of. */
export interface MadeArgs<Plan extends MadePlan> {
  /** Name of the stack, which names in the cloud have in them. */
  readonly stack: string;
  /** The machine, as the plan has it. */
  readonly plan: Plan;
  /** The user data of its first start. Secret, for it has a key in it. */
  readonly userData: pulumi.Input<string>;
}

/** A machine that a cloud has made. */
export interface Made {
  /** Tells the machine from one that is made in its place. */
  readonly machine: pulumi.Output<string>;
  readonly v4: pulumi.Output<string>;
  readonly v6: pulumi.Output<string>;
  /** Lets other sites' machines reach the link. They may be made after this one, so it is not done with the machine. */
  readonly openLink: (name: string, link: LinkOpening, opts: pulumi.CustomResourceOptions) => void;
}

/** A port, and the IPv4 prefixes that may connect to it. */
export interface LinkOpening {
  readonly port: number;
  readonly from: readonly pulumi.Input<string>[];
}

/** Everybody, by IPv4. */
export const WORLD_V4 = "0.0.0.0/0";
/** Everybody, by IPv6. */
export const WORLD_V6 = "::/0";
