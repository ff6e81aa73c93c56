/** Rules about the ways by which mail leaves the sites. */
import { worldAddresses } from "../plan/place.ts";
import { spfLookups, MAX_LOOKUPS } from "../dns/spf.ts";
import { carriers, sendingRoles, spfSenders, waysOut } from "../plan/egress.ts";
import { checkRelays } from "./check-relays.ts";
import type { WayOutSettings } from "./egress-schema.ts";
import type { Problem } from "./problem.ts";
import type { Settings, SiteSettings } from "./schema.ts";

/** Problems with the sites' ways out, with relays and with what SPF can say of both. */
export function checkEgress(settings: Settings): Problem[] {
  return [
    ...settings.sites.flatMap((site, index) => ways(settings, site, `sites[${index}].egress`)),
    ...settings.sites.flatMap((site, index) => closedPort(settings, site, `sites[${index}]`)),
    ...checkRelays(settings),
    ...tooManyLookups(settings),
  ];
}

function ways(settings: Settings, site: SiteSettings, path: string): Problem[] {
  return site.egress.flatMap((way, index) => {
    const at = `${path}[${index}]`;
    const first = site.egress.findIndex((other) => keyOf(other) === keyOf(way));
    const repeated = {
      path: at,
      got: `${keyOf(way)}, which ${path}[${first}] has too`,
      wanted: "each way once",
      fix: "take one of the two out",
    };
    return [
      ...(first === index ? [] : [repeated]),
      ...(way === "direct"
        ? []
        : "via" in way
          ? viaProblems(settings, site, way.via, at)
          : relayProblems(settings, way.relay, at)),
    ];
  });
}

const keyOf = (way: WayOutSettings): string =>
  way === "direct" ? way : "via" in way ? `via ${way.via}` : `relay ${way.relay}`;

function viaProblems({ sites }: Settings, site: SiteSettings, name: string, at: string): Problem[] {
  const path = `${at}.via`;
  const other = sites.find((one) => one.name === name && one !== site);
  if (other === undefined) {
    const others = sites.filter((one) => one !== site).map((one) => one.name);
    const fix = others.length === 0 ? "there is no other: take the way out" : `one of: ${others.join(", ")}`;
    return [
      { path, got: name === site.name ? `${name}, the site itself` : name, wanted: "the name of another site", fix },
    ];
  }
  const missing = sendingRoles(site.roles).filter((role) => !other.roles.includes(role));
  return [
    // What goes by way of another site leaves there for good, so no message can go round in circles.
    ...(carriers(other.egress).length > 0
      ? []
      : [
          {
            path,
            got: `${name}, whose own mail leaves by way of other sites alone`,
            wanted: "a site with a direct way out, or a relay",
            fix: `name the site that ${name} sends by, or give ${name} another way`,
          },
        ]),
    ...missing.map((role) => ({
      path,
      got: `${name}, which has not the role ${role}`,
      wanted: "a site that has the roles mx and submission where this one has them, to queue what it sends",
      fix: `add ${role} to the roles of ${name}, or choose another site`,
    })),
  ];
}

function relayProblems({ relays }: Settings, name: string, at: string): Problem[] {
  if (relays.some((one) => one.name === name)) return [];
  const fix = relays.length === 0 ? "describe it under relays" : `one of: ${relays.map((one) => one.name).join(", ")}`;
  return [{ path: `${at}.relay`, got: name, wanted: "the name of one of the relays", fix }];
}

/** Mail that is sent to a port that the platform has closed would wait in the queue until it goes back. */
function closedPort({ relays }: Settings, site: SiteSettings, path: string): Problem[] {
  const index = site.egress.indexOf("direct");
  if (!waysOut(site, relays).some(({ kind }) => kind === "direct")) return [];
  const at = `${path}.egress[${index}]`;
  switch (site.platform) {
    case "local":
    case "host":
      return [];
    case "digitalocean-droplet":
      if (site.egressPort25 === "confirmed") return [];
      return [
        {
          path: at,
          got: "direct, and DigitalOcean lets no mail out of new accounts (port 25)",
          wanted: "a way that is open: via another site, a relay, or direct where port 25 is known to be open",
          fix: `ask DigitalOcean to open it and write egressPort25: confirmed in ${path}, or give other ways as egress`,
        },
      ];
    case "gcp-instance":
      return [
        {
          path: at,
          got: "direct, and Google Cloud lets no mail out (port 25), whoever asks",
          wanted: "via another site, or a relay",
          fix: "give other ways as egress, such as [{ via: <site> }]; no setting and no request opens the port",
        },
      ];
  }
}

/**
 * An SPF record that needs more than ten lookups is an error to receivers, RFC 7208 section 4.6.4. No records can be made of
 * such settings.
 */
export function tooManyLookups(settings: Settings): Problem[] {
  const { addresses, includes } = spfSenders(
    settings.sites.map((site) => ({
      egress: worldAddresses(site),
      waysOut: waysOut(site, settings.relays),
    })),
  );
  const lookups = spfLookups(addresses, includes);
  if (lookups <= MAX_LOOKUPS) return [];
  return [
    {
      path: "sites[*].egress",
      got: `ways out whose SPF record would need ${lookups} DNS lookups, and more for what the included names include`,
      wanted: `at most ${MAX_LOOKUPS}`,
      fix: "use fewer relays, or give their addresses in place of names to include",
    },
  ];
}
