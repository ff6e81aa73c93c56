/** The resolver's configuration, unbound.conf(5). */
import type { SiteContext } from "../../plan/context.ts";
import type { Ref, Text } from "../../plan/text.ts";
import { PORT } from "../../plan/ports.ts";

/** What the resolver is told. */
export interface UnboundArgs {
  /** Address on the site's network, where it answers. */
  readonly address: string;
  /** The site's network: the only clients. */
  readonly subnet: SiteContext["network"]["subnet"];
  /** Its address towards the world, where its own questions come from. Nothing listens there. */
  readonly outgoingAddress: string;
  /** Zones that one server is asked for; none: everything from the root. */
  readonly stubZones: SiteContext["stubZones"];
  /** Longest time that anything is remembered in a closed world, whose zones change with every `up`. @default 60 */
  readonly closedWorldSeconds?: number;
  /** Memory for answers, MiB; as much again twice for the record sets in them. @default 2 */
  readonly cacheMiB?: number;
}

/** `unbound.conf`. */
export function renderUnbound(args: UnboundArgs): Text {
  const closed = args.stubZones.length > 0;
  return [
    server(args),
    caching(args.cacheMiB ?? 2),
    HARDENING,
    closed ? closedWorld(args.stubZones, args.closedWorldSeconds ?? 60) : OPEN_WORLD,
    ...args.stubZones.flatMap(anchor),
    ...args.stubZones.map(stub),
    "\nremote-control:\n    control-enable: no\n",
  ];
}

function server({ address, subnet, outgoingAddress }: UnboundArgs): string {
  return `server:
    # It starts as its own user and has nothing to give up.
    username: ""
    chroot: ""
    directory: "/run"
    pidfile: ""
    use-syslog: no
    log-servfail: yes
    val-log-level: 2

    port: ${PORT.dns}
    interface: ${address}
    interface: 127.0.0.1
    outgoing-interface: ${outgoingAddress}
    do-ip6: no
    access-control: ${subnet} allow

    num-threads: 1
    outgoing-range: 256
    num-queries-per-thread: 128
    incoming-num-tcp: 32
    outgoing-num-tcp: 16
`;
}

function caching(cacheMiB: number): string {
  return `
    msg-cache-size: ${cacheMiB}m
    rrset-cache-size: ${cacheMiB * 2}m
    key-cache-size: 1m
    neg-cache-size: 512k
    infra-cache-numhosts: 1000
    prefetch: yes
    prefetch-key: yes
    # An hour without a name server must not stop mail, RFC 8767; it is asked first, for 1.8 s.
    serve-expired: yes
    serve-expired-ttl: 3600
    serve-expired-client-timeout: 1800
    serve-expired-reply-ttl: 30
    # A server that is silent is given up within 2 s, before Postfix and rspamd stop waiting for the answer, and is
    # asked again after 15 s at the latest.
    infra-host-ttl: 15
    infra-keep-probing: yes
    infra-cache-max-rtt: 2000
    outbound-msg-retry: 3
    discard-timeout: 8000
`;
}

const HARDENING = `
    module-config: "validator iterator"
    harden-glue: yes
    harden-dnssec-stripped: yes
    harden-below-nxdomain: yes
    harden-algo-downgrade: yes
    qname-minimisation: yes
    aggressive-nsec: yes
    minimal-responses: yes
    deny-any: yes
    unwanted-reply-threshold: 10000
    hide-identity: yes
    hide-version: yes
    hide-trustanchor: yes
    # No questions that only tell a zone which of its keys are known here, RFC 8145.
    trust-anchor-signaling: no
    ede: yes
`;

/** The files are the distribution's and come with the image, which is rebuilt long before a key of the root is retired. */
const OPEN_WORLD = `
    root-hints: "/usr/share/dns/root.hints"
    trust-anchor-file: "/usr/share/dns/root.key"
`;

/**
 * Only the zones given exist. Without the line for the root every other name would wait for servers out of reach; the
 * lines for the zones let them through that one, and through the zones that Unbound has built in, such as `test.`.
 */
function closedWorld(zones: UnboundArgs["stubZones"], longestSeconds: number): string {
  return `
    cache-max-ttl: ${longestSeconds}
    cache-max-negative-ttl: ${longestSeconds}
    local-zone: "." static
${zones.map(({ zone }) => `    local-zone: "${zone}." transparent\n`).join("")}`;
}

function anchor({ zone, signingKey }: UnboundArgs["stubZones"][number]): readonly (string | Ref)[] {
  if (signingKey === undefined) return [];
  return [`    trust-anchor: "${zone}. DNSKEY `, { ref: "dnskey", key: signingKey }, `"\n`];
}

function stub({ zone, server: address }: UnboundArgs["stubZones"][number]): string {
  return `
stub-zone:
    name: "${zone}."
    stub-addr: ${address}
`;
}
