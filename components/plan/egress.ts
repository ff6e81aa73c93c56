/**
 * How mail leaves the sites, and so where it comes from in the eyes of others.
 *
 * A way leads out of the site itself (`direct`), over the link to another site, or to a relay. What a site takes from another
 * leaves by its own ways alone, never by way of a third: so no message goes round in circles, however the lists are written.
 */
import type { RelaySettings, WayOutSettings } from "../settings/egress-schema.ts";
import type { Text } from "./text.ts";
import type { PublicAddresses, Role } from "./types.ts";

/** A way by which mail leaves a site; `via` is the name of another one. */
export type WayOut = OwnWay | { readonly kind: "via"; readonly site: string };

/** A way on which no other site takes part. */
export type OwnWay = { readonly kind: "direct" } | { readonly kind: "relay"; readonly relay: Relay };

/** A server of others that sends mail on for us. */
export interface Relay {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly tls: "verified" | "required" | "none";
  /** Login, with a password of the settings. */
  readonly user: string | undefined;
  /** Where it sends from, in the terms of SPF. */
  readonly senders: SpfSenders;
}

/** Who may send, in the terms of SPF (RFC 7208 section 5). */
export interface SpfSenders {
  readonly addresses: readonly Text[];
  readonly includes: readonly string[];
}

/** The roles whose Postfix sends mail out. */
export const SENDING_ROLES = ["mx", "submission"] as const;
/** A role whose Postfix sends mail out. */
export type SendingRole = (typeof SENDING_ROLES)[number];

/** Of some roles those that send. */
export function sendingRoles(roles: readonly Role[]): readonly SendingRole[] {
  return SENDING_ROLES.filter((role) => roles.includes(role));
}

/** A site's ways out, in order; none where nothing in it sends. */
export function waysOut(
  site: { readonly roles: readonly Role[]; readonly egress: readonly WayOutSettings[] },
  relays: readonly RelaySettings[],
): readonly WayOut[] {
  if (sendingRoles(site.roles).length === 0) return [];
  return site.egress.flatMap((way): WayOut[] => {
    if (way === "direct") return [{ kind: "direct" }];
    if ("via" in way) return [{ kind: "via", site: way.via }];
    return relays.filter(({ name }) => name === way.relay).map((one) => ({ kind: "relay", relay: relayOf(one) }));
  });
}

function relayOf({ name, host, port, tls, user, senders }: RelaySettings): Relay {
  return { name, host, port, tls, user, senders };
}

/** Of the ways in the settings those that carry mail of other sites too. */
export function carriers(egress: readonly WayOutSettings[]): readonly WayOutSettings[] {
  return egress.filter((way) => way === "direct" || "relay" in way);
}

/** Of a site's ways those that do not lead to another site, in order. */
export function ownWays(ways: readonly WayOut[]): readonly OwnWay[] {
  return ways.filter((way) => way.kind !== "via");
}

/** What SPF needs to know of a site. */
export interface SendingSite {
  /** The addresses that its own connections come from. */
  readonly egress: PublicAddresses;
  readonly waysOut: readonly WayOut[];
}

/** The addresses that a site's own connections to other servers come from; none where it makes none. */
export function directSenders({ egress, waysOut: ways }: SendingSite): readonly Text[] {
  if (!ways.some(({ kind }) => kind === "direct")) return [];
  return egress.v6 === undefined ? [egress.v4] : [egress.v4, egress.v6];
}

/**
 * Who sends for the domains: any site, for a domain's users and mail are at all of them. What goes by way of another site
 * leaves by that one's ways, which are in here too.
 */
export function spfSenders(sites: readonly SendingSite[]): SpfSenders {
  const relays = sites.flatMap(({ waysOut: ways }) =>
    ownWays(ways).flatMap((way) => (way.kind === "relay" ? [way.relay] : [])),
  );
  return {
    addresses: [...new Set([...sites.flatMap(directSenders), ...relays.flatMap(({ senders }) => senders.addresses)])],
    includes: [...new Set(relays.flatMap(({ senders }) => senders.includes))],
  };
}
