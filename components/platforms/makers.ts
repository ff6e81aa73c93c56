/** Who makes the sites' machines, and therefore wants credentials. */
import type { CloudProvider } from "./credentials.ts";
import type { DropletPlan, InstancePlan } from "../plan/machine.ts";
import type { SitePlan } from "../plan/types.ts";

const MAKERS = { "digitalocean-droplet": "digitalocean", "gcp-instance": "google" } as const satisfies Readonly<
  Record<(DropletPlan | InstancePlan)["platform"], CloudProvider>
>;

/** A machine that somebody makes. */
export interface MachineMaker {
  /** The site's name. */
  readonly site: string;
  readonly provider: CloudProvider;
}

/** One for each site whose machine is made; those that are there already have none. */
export function machineMakers(sites: readonly Pick<SitePlan, "name" | "machine">[]): MachineMaker[] {
  return sites.flatMap(({ name, machine }) =>
    machine?.made === undefined ? [] : [{ site: name, provider: MAKERS[machine.made.platform] }],
  );
}
