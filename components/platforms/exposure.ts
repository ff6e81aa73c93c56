/** What of a machine may be reached from outside: the one value that each cloud's firewall and the machine's own follow. */
import type { Text } from "../plan/text.ts";
import type { Flow } from "../plan/types.ts";

/** Who may connect to which TCP ports; all else is refused. */
export interface Exposure {
  readonly ssh: {
    readonly port: number;
    /** Prefixes that may connect; nobody else may. */
    readonly from: { readonly v4: readonly string[]; readonly v6: readonly string[] };
  };
  /** TCP ports that everyone may connect to. */
  readonly worldPorts: readonly number[];
  /** The port of the link between sites, and the IPv4 addresses of the other sites, which alone may connect to it. */
  readonly link: { readonly port: number; readonly from: readonly Text[] } | undefined;
}

/** Ports that the flow table opens to the world at the edge, of those that the site offers. */
export function worldPorts(flows: readonly Flow[], offered: readonly number[]): number[] {
  const open = flows.filter(
    ({ from, to, protocol }) =>
      "world" in from && from.world === "internet" && "workload" in to && to.workload === "edge" && protocol === "tcp",
  );
  return [...new Set(open.map(({ port }) => port))].filter((port) => offered.includes(port)).sort((a, b) => a - b);
}

/** The port that the flow table opens to the other sites at the edge; undefined where there are none. */
export function linkPort(flows: readonly Flow[]): number | undefined {
  return flows.find(({ from, to }) => "world" in from && from.world === "sites" && "workload" in to)?.port;
}
