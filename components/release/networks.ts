/** Networks and volumes of a group as the provider `compose` takes them. Pure. */
import type { GroupPlan, Network } from "../plan/types.ts";
import type { Volume } from "../plan/workload.ts";
import { networkName, volumeName } from "./names.ts";
import type { JsonObject, ReleaseVolume } from "./resource.ts";

type Group = Pick<GroupPlan, "name" | "networks" | "volumes">;

/** The `networks` of a group's Compose file. */
export function composeNetworks(group: Group, stack: string): Record<string, JsonObject> {
  return Object.fromEntries(
    group.networks.map((network) => {
      const name = networkName(stack, group.name, network);
      return [
        network.name,
        network.kind === "external" ? { name, external: true } : ownedNetwork(network, name, group.name, stack),
      ];
    }),
  );
}

function ownedNetwork(
  { subnet, gateway, subnet6, masquerade = false }: Network,
  name: string,
  group: string,
  stack: string,
): JsonObject {
  return {
    name,
    driver: "bridge",
    enable_ipv6: subnet6 !== undefined,
    ipam: { config: [{ subnet, gateway }, ...(subnet6 === undefined ? [] : [{ subnet: subnet6 }])] },
    // Nothing leaves a network under the machine's own address, but for one that is there for it.
    driver_opts: { "com.docker.network.bridge.enable_ip_masquerade": String(masquerade) },
    labels: { "mailkeep.stack": stack, "mailkeep.site": group },
  };
}

/** The volumes of a group, which the provider makes itself. */
export function releaseVolumes(group: Group, stack: string): Record<string, ReleaseVolume> {
  return Object.fromEntries(
    group.volumes.map(({ name, kind, uid, mode }: Volume) => [
      name,
      { name: volumeName(stack, group.name, name), kind, uid, mode },
    ]),
  );
}
