/**
 * The ways by which mail leaves: straight to the recipient's MX, over the link to another site, or to a relay, in order.
 *
 * Postfix tries a list of destinations by itself, and goes on to the next when one does not take a message now. Only "the
 * recipient's MX" is none that could stand in a list after others. So where it does, its place has a listener of our own on
 * the loopback, which hands the message in once more, to leave directly.
 */
import { ownWays, type Relay, type SendingRole, type WayOut } from "../../plan/egress.ts";
import { PORT, viaPort } from "../../plan/ports.ts";
import type { Text } from "../../plan/text.ts";
import { CONF } from "../../plan/workload.ts";
import type { PostfixSite } from "./common.ts";
import { exitCleanup, exitListener } from "./exit-services.ts";
import { SMTP_PROCESSES } from "./services.ts";
import type { Section, Service } from "./text.ts";

/** What there is of it in each of the two Postfix workloads. */
const PORTS = {
  mx: { carry: PORT.smtpCarry, direct: PORT.smtpDirect, carryDirect: PORT.smtpCarryDirect },
  submission: { carry: PORT.submissionCarry, direct: PORT.submissionDirect, carryDirect: PORT.submissionCarryDirect },
} as const;

/** Where a message goes that leaves. */
interface Exit {
  /** Destinations, in order; none: the recipient's MX. */
  readonly first: readonly string[];
  /** Those that are tried when it takes nothing. */
  readonly fallback: readonly string[];
  /** Port where it is handed in again, to leave directly; undefined where directly comes first or not at all. */
  readonly directPort: number | undefined;
}

function exitOf(role: SendingRole, ways: readonly WayOut[], all: readonly WayOut[], directPort: number): Exit {
  const to = (way: WayOut): string[] => destinationsOf(role, way, all);
  const direct = ways.findIndex(({ kind }) => kind === "direct");
  if (direct < 0) return { first: ways.flatMap(to), fallback: [], directPort: undefined };
  const [before, after] = [ways.slice(0, direct), ways.slice(direct + 1)];
  const fallback = after.flatMap(to);
  if (before.length === 0) return { first: [], fallback, directPort: undefined };
  return { first: [...before.flatMap(to), `[127.0.0.1]:${directPort}`], fallback, directPort };
}

function destinationsOf(role: SendingRole, way: WayOut, all: readonly WayOut[]): string[] {
  if (way.kind === "direct") return [];
  return [way.kind === "relay" ? relayDestination(way.relay) : `[127.0.0.1]:${viaPort(role, all.indexOf(way))}`];
}

/** In brackets, for a relay is asked itself and not by its MX records. */
const relayDestination = ({ host, port }: Relay): string => `[${host}]:${port}`;

const own = (role: SendingRole, { waysOut: ways }: PostfixSite): Exit => exitOf(role, ways, ways, PORTS[role].direct);

/** Mail of other sites leaves by ways on which no other site takes part, or it could go round in circles. */
const carried = (role: SendingRole, { waysOut: ways }: PostfixSite): Exit =>
  exitOf(role, ownWays(ways), ways, PORTS[role].carryDirect);

/** The exit as a `content_filter`, which knows nothing of `relayhost`. */
export function exitTransport(role: SendingRole, site: PostfixSite): string {
  return `smtp:${own(role, site).first.join(", ")}`;
}

const relaysOf = ({ waysOut: ways }: PostfixSite): readonly Relay[] =>
  ways.flatMap((way) => (way.kind === "relay" ? [way.relay] : []));

/** Postfix's words for TLS towards a relay. */
const LEVEL: Readonly<Record<Relay["tls"], string>> = { verified: "secure", required: "encrypt", none: "none" };

/** Entries of `smtp_tls_policy_maps`: on the loopback there is no TLS, and the link has its own. */
export function exitTlsPolicies(role: SendingRole, site: PostfixSite): readonly string[] {
  const relays = relaysOf(site);
  const exits = clientsOf(role, site).length === 0 ? [own(role, site)] : [own(role, site), carried(role, site)];
  const inner = exits
    .flatMap(({ first, fallback }) => [...first, ...fallback])
    .filter((destination) => destination.startsWith("[127.0.0.1]"));
  return [
    ...[...new Set(inner)].map((destination) => `{${destination} = none}`),
    ...relays.map((relay) => `{${relayDestination(relay)} = ${LEVEL[relay.tls]}}`),
  ];
}

const PASSWORDS = "relay-passwords";

/** Settings of the whole server. */
export function exitParameters(role: SendingRole, site: PostfixSite): Section {
  const { first, fallback, directPort } = own(role, site);
  const clients = clientsOf(role, site);
  const carryDirect = clients.length === 0 ? undefined : carried(role, site).directPort;
  const login = relaysOf(site).some(({ user }) => user !== undefined);
  return {
    title: "Ways out, in order; none named is the recipient's MX. One that takes nothing now is passed over.",
    parameters: {
      relayhost: first.join(", "),
      smtp_fallback_relay: fallback.join(", "),
      // One that is silent must not keep a message from the others for Postfix's five minutes.
      ...(first.length === 0 ? {} : { smtp_helo_timeout: "60s" }),
      ...(login
        ? {
            smtp_sasl_auth_enable: true,
            smtp_sasl_password_maps: `texthash:${CONF}/${PASSWORDS}`,
            smtp_sasl_security_options: "noanonymous",
            smtp_sasl_tls_security_options: "noanonymous",
          }
        : {}),
      // This Postfix's own client, which has the site's address also on the loopback.
      ...(directPort === undefined && carryDirect === undefined
        ? {}
        : { direct_client_restrictions: permitOnly([site.egress.v4]) }),
      ...(clients.length === 0 ? {} : { carry_client_restrictions: permitOnly(clients) }),
    },
  };
}

const permitOnly = (addresses: readonly string[]): string =>
  `check_client_access inline:{ ${addresses.map((address) => `{${address} = permit}`).join(", ")} }, reject`;

/** The sites whose mail leaves here. */
const clientsOf = (role: SendingRole, site: PostfixSite): readonly string[] =>
  site.carriesFor.filter(({ roles }) => roles.includes(role)).map(({ address }) => address);

/** The table of logins at relays, where there are any. It is a secret. */
export function relayPasswords(site: PostfixSite): Readonly<Record<string, Text>> {
  const lines = relaysOf(site).flatMap((relay) =>
    relay.user === undefined
      ? []
      : [`${relayDestination(relay)} ${relay.user}:`, { ref: "relayPassword", relay: relay.name } as const, "\n"],
  );
  return lines.length === 0 ? {} : { [PASSWORDS]: lines };
}

/** Listeners and clients: for what leaves directly after other ways, and for what other sites send by way of this one. */
export function exitServices(role: SendingRole, site: PostfixSite): readonly Service[] {
  const { directPort } = own(role, site);
  const services = [
    ...(directPort === undefined ? [] : [exitListener(role, directPort, "direct", { content_filter: "smtp:" })]),
    ...(clientsOf(role, site).length === 0 ? [] : carryServices(role, site)),
  ];
  return services.length === 0 ? [] : [...services, exitCleanup(role)];
}

function carryServices(role: SendingRole, site: PostfixSite): readonly Service[] {
  const { first, fallback, directPort } = carried(role, site);
  return [
    exitListener(role, PORTS[role].carry, "carry", {
      smtpd_upstream_proxy_protocol: "haproxy",
      content_filter: `carry:${first.join(", ")}`,
    }),
    ...(directPort === undefined ? [] : [exitListener(role, directPort, "direct", { content_filter: "carry:" })]),
    {
      name: "carry",
      type: "unix",
      processes: SMTP_PROCESSES,
      command: "smtp",
      options: { syslog_name: `${role}/carry`, smtp_fallback_relay: fallback.join(", ") },
    },
  ];
}
