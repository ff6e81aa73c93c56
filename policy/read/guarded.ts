/** Firewalls of a stack joined by what they stand in front of: what any of them allows is allowed. */
import type { PolicyResource } from "@pulumi/policy";
import { openingsOf, type Opening } from "./firewall.ts";
import { originsOf } from "./origins.ts";
import { groupedBy, words } from "./values.ts";

/** An opening with the firewall that has it. */
export interface Guarded {
  readonly firewall: string;
  readonly opening: Opening;
}

/** What each kind of firewall stands in front of, as texts that are the same for the same machines. */
const FRONTS: Readonly<Record<string, (firewall: PolicyResource) => readonly string[]>> = {
  "digitalocean:index/firewall:Firewall": (firewall) => [
    ...originsOf(firewall, "dropletIds").map((droplet) => `droplet ${droplet}`),
    ...words(firewall.props["tags"]).map((tag) => `tag ${tag}`),
  ],
  "gcp:compute/firewall:Firewall": (firewall) => {
    const { targetTags, targetServiceAccounts } = firewall.props;
    const network = originsOf(firewall, "network").join(" ");
    const targets = [...words(targetTags), ...words(targetServiceAccounts)];
    return targets.length === 0 ? [network] : targets.map((target) => `${network} ${target}`);
  },
};

/** The openings of all firewalls, by what is opened. */
export function guardedOpenings(resources: readonly PolicyResource[]): ReadonlyMap<string, readonly Guarded[]> {
  const all = resources.flatMap((resource) => {
    const openings = openingsOf(resource) ?? [];
    const fronts = FRONTS[resource.type]?.(resource) ?? [];
    return fronts.flatMap((front) => openings.map((opening) => ({ front, firewall: resource.name, opening })));
  });
  return groupedBy(all, ({ front }) => front);
}
