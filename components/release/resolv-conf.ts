/** Whom a workload asks for the world's names, resolv.conf(5). Pure. */
import type { Workload } from "../plan/workload.ts";

/** The workload's file, and where it lies in the container. */
export const RESOLV_CONF = { file: "resolv.conf", path: "/etc/resolv.conf" } as const;

/**
 * It lies over Docker's own, which leads to a server in Docker's engine: names would be gone for as long as that is being
 * upgraded, or does not start, while the containers go on.
 *
 * @param workloads all of the workload's group
 * @returns nothing where a workload asks nobody
 */
export function resolvConf({ network }: Workload, workloads: readonly Workload[]): string | undefined {
  const owner = network.kind === "own" ? network : workloads.find(({ name }) => name === network.with)?.network;
  if (owner?.kind !== "own" || owner.resolver === undefined) return undefined;
  return [
    `nameserver ${owner.resolver}`,
    // None, not even the machine's.
    "search .",
    // The resolver validates, and sits on a network of ours: believe what it says of DNSSEC.
    "options edns0 trust-ad",
    "",
  ].join("\n");
}
