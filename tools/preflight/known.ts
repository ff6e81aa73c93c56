/** What only the engine knows: addresses of machines that it has made, how they are reached, and secret settings. */
import { isIP } from "node:net";
import { z } from "zod";
import { canonicalIpv6 } from "../../components/settings/ipv6.ts";
import type { Connection } from "../../providers/compose/ssh-client.ts";
import { resourcesIn } from "../stack/exported.ts";
import type { Engine } from "../stack/pulumi.ts";

/** Empty where the stack has not been up. */
export interface Known {
  /** Addresses by site. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  readonly connections: ReadonlyMap<string, Connection>;
  /** Machines at clouds that are there, by site. */
  readonly made: ReadonlySet<string>;
  /** Sites that have been put on their machines. */
  readonly up: ReadonlySet<string>;
  readonly blocklistKeys: Readonly<Record<string, string>>;
  /** All configuration of the stack, decrypted, by key with namespace. */
  readonly config: Readonly<Record<string, string>>;
}

/** Of a stack that is not up. */
export const NOTHING_KNOWN: Known = {
  addresses: new Map(),
  connections: new Map(),
  made: new Set(),
  up: new Set(),
  blocklistKeys: {},
  config: {},
};

const resourceSchema = z.looseObject({
  urn: z.string(),
  type: z.string(),
  inputs: z.record(z.string(), z.unknown()).default({}),
  outputs: z.record(z.string(), z.unknown()).default({}),
});
type Resource = z.infer<typeof resourceSchema>;
const configSchema = z.record(z.string(), z.looseObject({ value: z.string().optional() }));
const connectionSchema = z.object({
  address: z.string(),
  port: z.number(),
  user: z.string(),
  hostKey: z.string(),
  identity: z.string(),
});

/** Reads a stack's state and configuration with their secrets; they stay in this process. */
export async function knownOf(stack: string, pulumi: Pick<Engine, "ask">): Promise<Known> {
  const config = configSchema.parse(
    JSON.parse(await pulumi.ask(["config", "--stack", stack, "--show-secrets", "--json"])),
  );
  const values = Object.fromEntries(
    Object.entries(config).flatMap(([key, { value }]) => (value === undefined ? [] : [[key, value]])),
  );
  const exported = await pulumi.ask(["stack", "export", "--stack", stack, "--show-secrets"]);
  return { ...machinesIn(resourcesIn(exported, resourceSchema)), ...keysIn(values), config: values };
}

function keysIn(config: Readonly<Record<string, string>>): Pick<Known, "blocklistKeys"> {
  const text = config["mailkeep:blocklistKeys"];
  const keys = z.record(z.string(), z.string()).safeParse(text === undefined ? {} : JSON.parse(text));
  return { blocklistKeys: keys.success ? keys.data : {} };
}

/** Pure. */
export function machinesIn(resources: readonly Resource[]): Pick<Known, "addresses" | "connections" | "made" | "up"> {
  const connections = new Map<string, Connection>();
  const addresses = new Map<string, string[]>();
  const made = new Set<string>();
  const up = new Set<string>();
  const add = (site: string, ...found: readonly unknown[]): void => {
    const sound = found.flatMap((one) => (typeof one === "string" && isIP(one) !== 0 ? [canonicalIpv6(one)] : []));
    addresses.set(
      site,
      [...(addresses.get(site) ?? []), ...sound].toSorted((a, b) => isIP(a) - isIP(b)),
    );
  };
  for (const { urn, type, inputs, outputs } of resources) {
    const name = urn.slice(urn.lastIndexOf("::") + 2);
    const site = name.replace(/-(machine|v4|v6)$/, "");
    if (type === "digitalocean:index/droplet:Droplet") {
      made.add(site);
      add(site, outputs["ipv4Address"], outputs["ipv6Address"]);
    }
    if (type === "gcp:compute/instance:Instance") made.add(site);
    if (type === "compose:index:Release") up.add(name);
    if (type === "gcp:compute/address:Address") add(site, outputs["address"]);
    if (type === "compose:index:Machine") {
      const connection = connectionSchema.safeParse(plain(inputs["connection"]));
      if (connection.success) connections.set(name, connection.data);
    }
  }
  return { addresses, connections, made, up };
}

/** How the engine marks a secret in what it exports: the value is JSON beside the mark. */
const SECRET_MARK = "4dabf18193072939515e22adb298388d";

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const fields: Readonly<Record<string, unknown>> = { ...value };
  const text = fields["plaintext"];
  if (SECRET_MARK in fields && typeof text === "string") return plain(JSON.parse(text) as unknown);
  return Object.fromEntries(Object.entries(fields).map(([key, inner]) => [key, plain(inner)]));
}
