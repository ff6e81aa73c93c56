/** A zone with a record of every kind, at any provider. */
import type { PublishedZone } from "../../../components/plan/published.ts";
import { localPlan, MUCH } from "../plan/plans.ts";

/** @param name of the zone; what the provider cannot hold is left out of it */
export function zoneAt(provider: PublishedZone["provider"], name = "mailkeep.test"): PublishedZone {
  const own = { cloudflare: { zoneId: "abc" }, google: { project: "post" }, digitalocean: {}, print: {} }[provider];
  const without = provider === "digitalocean" ? ["TLSA", "CAA", "nullMX", "nullSRV"] : [];
  const changes = { ...MUCH, parkedDomains: ["parked.test"], dnsZones: [{ name, provider, without, ...own }] };
  const [zone] = localPlan(changes).published.zones;
  if (zone === undefined) throw new Error("The zone is published nowhere.");
  return zone;
}
