/** Knot: the authoritative name server of the local world. */
import { UID } from "../../plan/ids.ts";
import { PORT } from "../../plan/ports.ts";
import type { Ref } from "../../plan/text.ts";
import { CONF, LOW_PORTS, type Workload } from "../../plan/workload.ts";
import type { WorldContext } from "../context.ts";
import { knotConf } from "./render.ts";

/** Pure: the name server of all zones. */
export function knotWorkload(world: WorldContext): Workload {
  const { addresses } = world.knot;
  const zoneFiles = world.zones.map(({ name }): [string, Ref[]] => [
    `zones/${name}.zone`,
    [{ ref: "zoneFile", zone: name }],
  ]);
  const keys = world.zones.flatMap(({ name, signingKey }): [string, Ref[]][] =>
    signingKey === undefined ? [] : [[`keys/${name}.pem`, [{ ref: "privateKeyPem", key: signingKey }]]],
  );
  return {
    name: "knot",
    image: "knot",
    uid: UID.knot,
    network: {
      kind: "own",
      attach: [{ network: world.network, address: addresses.v4, address6: addresses.v6 }],
      resolver: undefined,
    },
    files: {
      "knot.conf": knotConf({ addresses, zones: world.zones, tsig: world.tsig }),
      ...Object.fromEntries([...zoneFiles, ...keys]),
    },
    keeper: {
      prepare: [
        ["/bin/mkdir", "-p", "/run/knot"],
        ["/usr/local/bin/import-zone-keys", `${CONF}/keys`],
      ],
      command: ["/usr/sbin/knotd", "--config", `${CONF}/knot.conf`],
      check: [["/usr/local/bin/check-zones", CONF]],
      reload: { command: ["/usr/local/bin/reload-zones"] },
      probe: {
        intervalSeconds: 3,
        timeoutSeconds: 3,
        failures: 3,
        startSeconds: 30,
        checks: [
          {
            kind: "dns",
            name: "dns",
            address: `127.0.0.1:${PORT.dns}`,
            question: world.knot.hostname,
            type: "A",
          },
        ],
      },
      listen: `127.0.0.1:${PORT.keeper}`,
    },
    volumes: [{ volume: "knot", path: "/var/lib/knot", readOnly: false }],
    scratch: [],
    capabilities: [],
    limits: { memoryMiB: 128, pids: 64 },
    publish: [],
    sysctls: LOW_PORTS,
  };
}
