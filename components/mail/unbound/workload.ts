/** The resolver's container. */
import type { SiteContext } from "../../plan/context.ts";
import { UID } from "../../plan/ids.ts";
import { PORT } from "../../plan/ports.ts";
import { LOW_PORTS, type Workload } from "../../plan/workload.ts";
import { blocklistQuiet } from "../postfix/blocklists.ts";
import { UNBOUND, UNBOUND_ANSWERS } from "./daemon.ts";
import { renderUnbound } from "./render.ts";

/** Pure: a validating resolver for the site's own containers. */
export function unboundWorkload(site: SiteContext): Workload {
  const { name, subnet, address } = site.network;
  const { outside } = site;
  const quiet = blocklistQuiet(site.blocklists);
  return {
    name: "unbound",
    image: "unbound",
    uid: UID.unbound,
    network: {
      kind: "own",
      attach: [
        { network: name, address: address.unbound, address6: undefined },
        { network: outside.name, address: outside.unbound.v4, address6: outside.unbound.v6 },
      ],
      resolver: undefined,
    },
    files: {
      "unbound.conf": renderUnbound({
        address: address.unbound,
        subnet,
        outgoingAddress: outside.unbound.v4,
        stubZones: site.stubZones,
      }),
    },
    keeper: {
      ...UNBOUND,
      probe: { intervalSeconds: 2, timeoutSeconds: 2, failures: 3, startSeconds: 10, checks: [UNBOUND_ANSWERS] },
      stopSeconds: 3,
      listen: `${address.unbound}:${PORT.keeper}`,
      ...(quiet.length === 0 ? {} : { quiet }),
    },
    volumes: [],
    scratch: [],
    capabilities: [],
    limits: { memoryMiB: 64, pids: 16 },
    publish: [],
    sysctls: LOW_PORTS,
  };
}
