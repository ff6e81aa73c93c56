/** The resolver that the local world's ACME directory asks: Unbound, without a memory. */
import { UNBOUND, UNBOUND_ANSWERS } from "../../mail/unbound/daemon.ts";
import { renderUnbound } from "../../mail/unbound/render.ts";
import { UID } from "../../plan/ids.ts";
import { PORT } from "../../plan/ports.ts";
import { LOW_PORTS, type Workload } from "../../plan/workload.ts";
import type { WorldContext } from "../context.ts";

/** Pure: a resolver that forgets at once, so that a proof is seen as soon as it is there. */
export function resolverWorkload(world: WorldContext): Workload {
  const { v4: address, v6: address6 } = world.resolver.addresses;
  return {
    name: "resolver",
    image: "unbound",
    uid: UID.unbound,
    network: {
      kind: "own",
      attach: [{ network: world.network, address, address6 }],
      resolver: undefined,
    },
    files: {
      "unbound.conf": renderUnbound({
        address,
        subnet: `${world.pebble.addresses.v4}/32`,
        outgoingAddress: address,
        stubZones: world.zones.map(({ name, signingKey }) => ({
          zone: name,
          server: world.knot.addresses.v4,
          signingKey,
        })),
        closedWorldSeconds: 0,
      }),
    },
    keeper: {
      ...UNBOUND,
      probe: {
        intervalSeconds: 3,
        timeoutSeconds: 3,
        failures: 3,
        startSeconds: 10,
        checks: [UNBOUND_ANSWERS],
      },
      stopSeconds: 3,
      listen: `127.0.0.1:${PORT.keeper}`,
    },
    volumes: [],
    scratch: [],
    capabilities: [],
    limits: { memoryMiB: 64, pids: 16 },
    publish: [],
    sysctls: LOW_PORTS,
  };
}
