/** Knot's configuration: signed zones, and dynamic updates for ACME challenges alone. */
import { PROOFS_LABEL } from "../../plan/web.ts";
import { CONF } from "../../plan/workload.ts";
import type { Text } from "../../plan/text.ts";
import type { Addresses, Zone } from "../../plan/types.ts";

/** What the name server is told. */
export interface KnotArgs {
  /** Where it answers. */
  readonly addresses: Addresses;
  /** Zones that it answers for, each from a file of its name. */
  readonly zones: readonly Pick<Zone, "name">[];
  /** Name of the key for dynamic updates, and of the password that is its secret (RFC 8945). */
  readonly tsig: { readonly name: string; readonly password: string };
}

/** `knot.conf`. A secret, since it holds the TSIG key. */
export function knotConf(args: KnotArgs): Text {
  const listen = [args.addresses.v4, args.addresses.v6, "127.0.0.1"].filter((address) => address !== undefined);
  const head = `server:
  listen: [ ${listen.map((address) => `${address}@53`).join(", ")} ]
  rundir: /run/knot
  pidfile: /run/knot/knot.pid
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1

control:
  listen: /run/knot/knot.sock

log:
  - target: stdout
    any: info

database:
  storage: /var/lib/knot

key:
  - id: ${args.tsig.name}
    algorithm: hmac-sha256
    secret: `;
  const tail = `

# A certificate client may write challenges and nothing else, whatever the zone.
acl:
  - id: acme
    key: ${args.tsig.name}
    action: update
    update-type: [ TXT ]
    update-owner: name
    update-owner-match: pattern
    update-owner-name: [ "_acme-challenge.*", "_acme-challenge.*.*" ]
  - id: proofs
    key: ${args.tsig.name}
    action: update
    update-type: [ TXT ]
    update-owner: name
    update-owner-match: sub
    update-owner-name: [ "${PROOFS_LABEL}" ]

# One key signs each zone (RFC 6781 section 3.1.1). Pulumi made it, so its anchor is known before the server runs.
policy:
  - id: pulumi
    manual: on
    single-type-signing: on
    algorithm: ecdsap256sha256
    rrsig-lifetime: 14d
    rrsig-refresh: 7d

template:
  - id: default
    storage: ${CONF}/zones
    file: "%s.zone"
    dnssec-signing: on
    dnssec-policy: pulumi
    acl: [ acme, proofs ]
    # The zone file is the plan's and is never written to; updates and signatures live in the journal.
    zonefile-sync: -1
    zonefile-load: difference-no-serial
    journal-content: all
    serial-policy: unixtime
    semantic-checks: on

zone:
${args.zones.map(({ name }) => `  - domain: ${name}`).join("\n")}
`;
  return [head, { ref: "password", password: args.tsig.password }, tail];
}
