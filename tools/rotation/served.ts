/** Whether a key's record is served by every name server of its zone, and how long others remember what they are told. */
import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { fail } from "../console.ts";
import type { Server } from "../dns/exchange.ts";
import { ask } from "./ask.ts";

/** The record that is to be served. */
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

/**
 * Every name server of the zone that a name lies in, one address each.
 *
 * @param resolver the machine's own, unless a test has another
 * @throws SentenceError where the zone has none, or one of them cannot be found out
 */
export async function authoritativeServers(
  name: string,
  resolver: Resolver = new Resolver({ timeout: 3000, tries: 2 }),
): Promise<readonly Server[]> {
  for (let zone = name; zone.includes("."); zone = zone.slice(zone.indexOf(".") + 1)) {
    const names = await orNone(zone, resolver.resolveNs(zone));
    if (names.length > 0) return Promise.all(names.map((one) => serverNamed(one, zone, resolver)));
  }
  return fail(`No name server is found for ${name}: is its zone delegated?`);
}

async function serverNamed(name: string, zone: string, resolver: Resolver): Promise<Server> {
  const [address] = await orNone(name, resolver.resolve4(name));
  const [found] = address === undefined ? await orNone(name, resolver.resolve6(name)) : [address];
  return found === undefined
    ? fail(`The name server ${name} of ${zone} has no address: mend the zone's delegation.`)
    : { address: found };
}

/** An answer that there is nothing is one; no answer is not: a zone above could be taken for the one that is meant. */
function orNone(name: string, answer: Promise<string[]>): Promise<string[]> {
  return answer.catch((error: unknown) => {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    return code === "ENODATA" || code === "ENOTFOUND"
      ? []
      : fail(
          `The name servers of ${name} cannot be found out (${code}): try again when this machine's resolver answers.`,
        );
  });
}

/** `198.51.100.2:53` as a server. */
export function serverAt(place: string): Server {
  const [, host = "", port = "53"] = /^\[?(.*?)\]?:(\d+)$/.exec(place) ?? [];
  if (isIP(host) === 0) throw new RangeError(`${place} is no address with a port`);
  return { address: host, port: Number(port) };
}
