/** What the records of a system follow from, out of its settings. */
import type { Issuer } from "../dns/caa.ts";
import type { DnsSite } from "../dns/site-records.ts";
import type { Settings, SiteSettings } from "../settings/schema.ts";
import { proofOf } from "./acme.ts";
import { waysOut } from "./egress.ts";
import { nextSiteKey, siteKeys } from "./keys.ts";
import { worldAddresses } from "./place.ts";
import { retiredSelectors, signingKeys, standbyKeys } from "./dkim.ts";
import type { KeyName } from "./text.ts";
import { webDomains } from "./web.ts";
import type { ZonesArgs } from "./zones.ts";

/** The HELO name, MX target and certificate name of a site. */
export function siteHostname(
  site: Pick<SiteSettings, "name">,
  settings: Pick<Settings, "infrastructureDomain">,
): string {
  return `${site.name}.${settings.infrastructureDomain}`;
}

/** The same, with what keys and certificates follow from. */
export interface ZonesArgsOfSettings extends ZonesArgs {
  readonly sites: readonly (DnsSite & {
    readonly name: string;
    readonly tlsKeys: readonly [KeyName, ...KeyName[]];
    readonly nextTlsKey: KeyName | undefined;
  })[];
}

/** @param joining sites that no record names yet, whatever their state. */
export function zonesArgs(settings: Settings, joining: readonly string[] = []): ZonesArgsOfSettings {
  return {
    ...settings,
    clientHostname: `${settings.clientName}.${settings.infrastructureDomain}`,
    publishedKeys: [...signingKeys(settings), ...standbyKeys(settings)],
    retiredSelectors: retiredSelectors(settings),
    sites: settings.sites.map((site) => {
      const addresses = worldAddresses(site);
      return {
        name: site.name,
        roles: site.roles,
        hostname: siteHostname(site, settings),
        ingress: addresses,
        egress: addresses,
        waysOut: waysOut(site, settings.relays),
        named: site.state === "serving" && !joining.includes(site.name),
        tlsKeys: siteKeys(site.name, settings.tlsKeys),
        nextTlsKey: nextSiteKey(site.name, settings.tlsKeys),
      };
    }),
    issuer: certificateIssuer(settings),
    web: webDomains(settings),
    proof: proofOf(settings)?.by,
  };
}

/** Authorities that call themselves by the same name, whichever of their directories is asked. */
const KNOWN_ISSUERS: Readonly<Record<string, string>> = {
  "acme-v02.api.letsencrypt.org": "letsencrypt.org",
  "acme-staging-v02.api.letsencrypt.org": "letsencrypt.org",
};

/** Who issues the sites' certificates, and by which proof: nobody of whom CAA could speak, or undefined where its name is not known. */
export function certificateIssuer(settings: Settings): Issuer | "nobody" | undefined {
  const { acme, infrastructureDomain } = settings;
  if (acme.directory === "private") return "nobody";
  const known =
    acme.directory === "local" ? `acme.${infrastructureDomain}` : KNOWN_ISSUERS[new URL(acme.directory).hostname];
  const domain = acme.issuer ?? known;
  const method = proofOf(settings)?.by === "http" ? "http-01" : "dns-01";
  return domain === undefined ? undefined : { domain, methods: [method], account: acme.account };
}
