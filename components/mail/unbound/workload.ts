/** The resolver's container. */
import type { SiteContext } from "../../plan/context.ts";
import { UID } from "../../plan/ids.ts";
import { PORT } from "../../plan/ports.ts";
import type { KeeperCheck, Workload } from "../../plan/workload.ts";
import { CONF } from "../../plan/workload.ts";
import { blocklistQuiet } from "../postfix/blocklists.ts";
import { renderUnbound } from "./render.ts";

/** Answered from a local zone: a probe must not end a resolver because the world is out of reach. */
const PROBE: KeeperCheck = {
  kind: "dns",
  name: "dns",
  address: `127.0.0.1:${PORT.dns}`,
  question: "localhost",
  type: "A",
};

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
      // -d: in the foreground; -p: no file for the process number.
      command: ["/usr/sbin/unbound", "-d", "-p", "-c", `${CONF}/unbound.conf`],
      check: [["/usr/sbin/unbound-checkconf", `${CONF}/unbound.conf`]],
      reload: { signal: "HUP" },
      probe: { intervalSeconds: 2, timeoutSeconds: 2, failures: 3, startSeconds: 10, checks: [PROBE] },
      stopSeconds: 3,
      listen: `${address.unbound}:${PORT.keeper}`,
      ...(quiet.length === 0 ? {} : { quiet }),
    },
    volumes: [],
    scratch: [],
    capabilities: [],
    limits: { memoryMiB: 64, pids: 16 },
    publish: [],
    // Port 53 without a capability: an ordinary user may bind any port of this container's own network stack.
    sysctls: { "net.ipv4.ip_unprivileged_port_start": "0" },
  };
}
