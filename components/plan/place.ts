/** Where a site is: in which world, its number, what the world knows it by, and its networks. */
import { OUTWARD_HOST, outwardAddress, outwardNetwork } from "../platforms/addresses.ts";
import type { Settings, SiteSettings } from "../settings/schema.ts";
import { INTERNET, sideAddress, siteNumber } from "../world/addresses.ts";
import type { SiteContext } from "./context.ts";
import { publicAddresses, publishAddresses } from "./machine.ts";
import { siteNetwork } from "./site-network.ts";
import type { Addresses, Network, PublicAddresses } from "./types.ts";

/** Whether the sites live in the local world. The others are in the real one. */
export function isLocal({ sites }: Pick<Settings, "sites">): boolean {
  return sites.every(({ platform }) => platform === "local");
}

/** What hangs on it stays the same when another site comes or goes. The first is 0. */
export function numberOf(site: SiteSettings): number {
  return site.platform === "local" ? siteNumber(site.addresses.v4) : site.number - 1;
}

/** What the world knows a site by. */
export function worldAddresses(site: SiteSettings): PublicAddresses {
  return site.platform === "local" ? { v4: site.addresses.v4, v6: site.addresses.v6 } : publicAddresses(site);
}

type Place = Pick<SiteContext, "ingress" | "egress" | "publicAddresses" | "publishAddresses" | "outside">;

/** A local site has its addresses itself, a machine translates from and to its own. */
export function sitePlace(site: SiteSettings): Place {
  const number = numberOf(site);
  if (site.platform === "local") {
    const addresses = { v4: site.addresses.v4, v6: site.addresses.v6 };
    return {
      ingress: addresses,
      egress: addresses,
      publicAddresses: addresses,
      publishAddresses: site.publishAddress === undefined ? [] : [site.publishAddress],
      outside: {
        name: INTERNET.name,
        unbound: sideAddress(number, "unbound"),
        certs: sideAddress(number, "certs"),
      },
    };
  }
  const known = publicAddresses(site);
  const addressOf = (host: number): Addresses => {
    const { v4, v6 } = outwardAddress(number, host);
    return { v4, v6: known.v6 === undefined ? undefined : v6 };
  };
  const inside = addressOf(OUTWARD_HOST.net);
  return {
    ingress: inside,
    egress: inside,
    publicAddresses: known,
    publishAddresses: publishAddresses(site),
    outside: {
      name: INTERNET.name,
      unbound: addressOf(OUTWARD_HOST.unbound),
      certs: addressOf(OUTWARD_HOST.certs),
    },
  };
}

/** The site's own network, and that towards the world. */
export function siteNetworks(site: SiteSettings): readonly Network[] {
  const number = numberOf(site);
  const own = siteNetwork(number);
  if (site.platform === "local") return [own, { ...INTERNET, kind: "external" }];
  return [own, outwardNetwork(number, publicAddresses(site).v6 !== undefined)];
}
