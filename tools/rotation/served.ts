/** Whether a key's record is served by every name server of its zone, and how long others remember what they are told. */
import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { fail } from "../console.ts";
import { ask, type Server } from "./ask.ts";

export interface Wanted {
  readonly name: string;
  readonly form: "dkim" | "tlsa";
  /** The key as the record has it. */
  readonly data: string;
}

/**
 * @param servers those to ask.
 * @returns the longest TTL that is served, in seconds
 * @throws SentenceError naming the server that does not have the record
 */
export async function servedTtl({ name, form, data }: Wanted, servers: readonly Server[]): Promise<number> {
  const type = form === "dkim" ? "TXT" : "TLSA";
  const ttls: number[] = [];
  for (const server of servers) {
    const answers = await ask(server, name, type).catch((error: unknown) =>
      fail(
        `Whether ${name} is served cannot be seen: ${error instanceof Error ? error.message : String(error)}. Try again when its name server answers.`,
      ),
    );
    const found = answers.filter(({ value }) => value.endsWith(form === "dkim" ? `p=${data}` : ` ${data}`));
    if (found.length === 0)
      fail(
        `The name server ${server.address} does not have the key at ${name} (${type}): publish it there, and count the wait from then on.`,
      );
    ttls.push(...found.map(({ ttlSeconds }) => ttlSeconds));
  }
  return Math.max(...ttls);
}

/** The name servers of the zone that a name lies in, by the machine's own resolver. @throws SentenceError where there are none */
export async function authoritativeServers(name: string): Promise<readonly Server[]> {
  const resolver = new Resolver({ timeout: 3000, tries: 2 });
  for (let zone = name; zone.includes("."); zone = zone.slice(zone.indexOf(".") + 1)) {
    const names = await resolver.resolveNs(zone).catch(() => []);
    const addresses = await Promise.all(names.map((one) => resolver.resolve4(one).catch(() => [])));
    const servers = addresses.flatMap(([address]) => (address === undefined ? [] : [{ address }]));
    if (servers.length > 0) return servers;
  }
  return fail(`No name server is found for ${name}: is its zone delegated?`);
}

/** `198.51.100.2:53` as a server. */
export function serverAt(place: string): Server {
  const [, host = "", port = "53"] = /^\[?(.*?)\]?:(\d+)$/.exec(place) ?? [];
  if (isIP(host) === 0) throw new RangeError(`${place} is no address with a port`);
  return { address: host, port: Number(port) };
}
