/** `net` holds a site's addresses. Edge, mx and submission share its network stack, like the containers of one pod. */
import type { SiteContext } from "../../plan/context.ts";
import { UID } from "../../plan/ids.ts";
import { PORT, sitePorts, WEB_PORTS } from "../../plan/ports.ts";
import { LOW_PORTS, type Workload } from "../../plan/workload.ts";

/**
 * Runs nothing but the keeper, so that it is the last thing of a site to need a restart: when it goes, the others lose
 * their network with it.
 */
export function netWorkload(site: SiteContext): Workload {
  const ports = [
    ...Object.values(sitePorts(site.roles, site.imap143)),
    ...Object.values(WEB_PORTS),
    ...(site.link?.publish === true ? [PORT.link] : []),
  ];
  return {
    name: "net",
    image: "keeper",
    uid: UID.net,
    network: {
      kind: "own",
      attach: [
        // The first network is the one whose address published ports lead to, and the edge listens on the ingress only.
        { network: site.outside.name, address: site.ingress.v4, address6: site.ingress.v6 },
        { network: site.network.name, address: site.network.address.net, address6: undefined },
      ],
      resolver: site.network.address.unbound,
    },
    files: {},
    keeper: { requireAddresses: [site.ingress.v4], listen: `127.0.0.1:${PORT.keeper}` },
    volumes: [],
    scratch: [],
    capabilities: [],
    limits: { memoryMiB: 32, pids: 30 },
    publish: site.publishAddresses.flatMap((hostAddress) =>
      ports.map((port) => ({ hostAddress, port, protocol: "tcp" as const })),
    ),
    sysctls: {
      // For the edge, which listens on 25 and other ports.
      ...LOW_PORTS,
      // A far side that lost its power is noticed in three minutes, not in two hours.
      "net.ipv4.tcp_keepalive_time": "120",
      "net.ipv4.tcp_keepalive_intvl": "15",
      "net.ipv4.tcp_keepalive_probes": "4",
    },
  };
}
