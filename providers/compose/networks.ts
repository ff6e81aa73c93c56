/**
 * Room for a release's networks: Docker refuses one that overlaps with another, and does not say with which.
 *
 * What is in the way may be left of a stack that is gone. Docker's own count of a network's containers is wrong now and then, and
 * it does not remove such a network until it starts anew (github.com/moby/moby/issues/42119).
 */
import { BlockList, isIPv6 } from "node:net";
import { z } from "zod";
import { docker } from "./docker.ts";
import type { Log } from "./engine.ts";
import type { Host } from "./host.ts";
import type { ReleaseInputs } from "./inputs.ts";

/** What a stack of mailkeep's writes onto its networks. */
const STACK = "mailkeep.stack";

const ownedSchema = z.object({
  name: z.string(),
  ipam: z.object({ config: z.array(z.object({ subnet: z.string() })) }),
});

const foundSchema = z.array(
  z.object({
    Name: z.string(),
    IPAM: z.object({ Config: z.array(z.object({ Subnet: z.string().optional() })).nullable() }),
    Labels: z.record(z.string(), z.string()).nullable(),
  }),
);

interface Subnets {
  readonly name: string;
  readonly subnets: readonly string[];
}

interface Found extends Subnets {
  /** Of which stack it is, where it is one of mailkeep's. */
  readonly stack: string | undefined;
}

/**
 * Removes networks in the way of a release's that a stack has left and no container uses.
 *
 * @throws Error naming both networks, where another one is in the way
 */
export async function makeRoomForNetworks(
  host: Host,
  inputs: Pick<ReleaseInputs, "networks">,
  log: Log,
): Promise<void> {
  const found = await networksOn(host);
  const there = new Set(found.map(({ name }) => name));
  const missing = ownedNetworks(inputs).filter(({ name }) => !there.has(name));
  for (const other of found) {
    const wanted = missing.find((one) => overlap(one, other));
    if (wanted !== undefined) await giveWay(host, wanted, other, log);
  }
}

async function giveWay(host: Host, wanted: Subnets, other: Found, log: Log): Promise<void> {
  const format = ["--format", "{{.Names}}"];
  // Those that are stopped as well: without it they would not start again.
  const listed = await docker(host, "asking who uses a network", [
    "ps",
    "--all",
    "--filter",
    `network=${other.name}`,
    ...format,
  ]);
  const users = listed.split("\n").filter(Boolean);
  const clash = `The network ${described(wanted)} of this release overlaps with Docker's network ${described(other)} on ${host.name}`;
  if (other.stack === undefined || users.length > 0) {
    const owner = other.stack === undefined ? "" : `, of the stack ${other.stack}`;
    const used = users.length > 0 ? `, which ${users.join(", ")} ${users.length > 1 ? "use" : "uses"}` : "";
    throw new Error(
      `${clash}${owner}${used}. Take that down, or give it another subnet, and run the same command again.`,
    );
  }
  try {
    await docker(host, "removing a network", ["network", "rm", other.name]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (!reason.includes("active endpoints")) throw error;
    throw new Error(
      `${clash}, left of the stack ${other.stack}: Docker counts a container there, and there is none. Start Docker anew (such as \`systemctl restart docker\`) and run the same command again, which then removes that network.`,
      { cause: error },
    );
  }
  log.info(
    `Removed the network ${described(other)} on ${host.name}, left of the stack ${other.stack}: no container used it.`,
  );
}

function described({ name, subnets }: Subnets): string {
  return `${name} (${subnets.join(", ")})`;
}

function ownedNetworks({ networks }: Pick<ReleaseInputs, "networks">): Subnets[] {
  return Object.values(networks).flatMap((network) => {
    const { success, data } = ownedSchema.safeParse(network);
    return success ? [{ name: data.name, subnets: data.ipam.config.map(({ subnet }) => subnet) }] : [];
  });
}

async function networksOn(host: Host): Promise<Found[]> {
  const listed = await docker(host, "listing networks", ["network", "ls", "--quiet", "--filter", "driver=bridge"]);
  const ids = listed.split("\n").filter(Boolean);
  if (ids.length === 0) return [];
  const inspected = foundSchema.parse(
    JSON.parse(await docker(host, "asking for networks", ["network", "inspect", ...ids])),
  );
  return inspected.map(({ Name: name, IPAM: { Config: config }, Labels: labels }) => ({
    name,
    subnets: (config ?? []).flatMap(({ Subnet: subnet }) => (subnet === undefined ? [] : [subnet])),
    stack: labels?.[STACK],
  }));
}

function overlap(one: Subnets, other: Subnets): boolean {
  return one.subnets.some((a) => other.subnets.some((b) => holds(a, b) || holds(b, a)));
}

/** Whether the first address of one subnet is in the other. */
function holds(outer: string, inner: string): boolean {
  const [address = "", length = ""] = outer.split("/");
  const [first = ""] = inner.split("/");
  const family = isIPv6(address) ? "ipv6" : "ipv4";
  if (isIPv6(first) !== (family === "ipv6")) return false;
  const list = new BlockList();
  list.addSubnet(address, Number(length), family);
  return list.check(first, family);
}
