/** Where a cloud has a site's machine and its disk for mail. */
import type { SiteSettings } from "./schema.ts";

/** Such as `digitalocean-droplet in fra1`: neither of the two can be elsewhere later. Undefined for what no cloud makes. */
export function placeOf(site: SiteSettings): string | undefined {
  switch (site.platform) {
    case "digitalocean-droplet":
      return `${site.platform} in ${site.region}`;
    case "gcp-instance":
      return `${site.platform} in ${site.project}, ${site.zone}`;
    case "host":
    case "local":
      return undefined;
  }
}

/** Of all sites at clouds, by their names. */
export function placesOf(sites: readonly SiteSettings[]): Record<string, string> {
  return Object.fromEntries(
    sites.flatMap((site) => {
      const place = placeOf(site);
      return place === undefined ? [] : [[site.name, place]];
    }),
  );
}
