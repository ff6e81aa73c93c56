/** Whether the world asks the right servers for a zone, and whether each of them has it. */
import { isNone, type Means, type Seen, serversIn, valuesOf } from "./means.ts";
import type { SubjectZone } from "./subject.ts";
import { judgeOf, type Verdict } from "./verdict.ts";

/** What was seen of one name server. */
export interface ServerSeen {
  readonly name: string;
  /** Its addresses; empty where it has none. */
  readonly addresses: readonly string[];
  /** What it says of the zone, by address. */
  readonly answers: readonly Seen[];
}

/** What was seen of one zone. */
export interface DelegationSeen {
  readonly zone: SubjectZone;
  /** What the resolver finds. */
  readonly resolved: Seen;
  /** Servers that the zone above names; undefined where that cannot be asked. */
  readonly named: readonly string[] | undefined;
  readonly servers: readonly ServerSeen[];
}

/** Asks the resolver, the zone above and every server that either of them names. */
export async function checkDelegation(zone: SubjectZone, means: Means): Promise<Verdict> {
  const [resolved, named] = await Promise.all([means.resolve(zone.name, "NS"), namedAbove(zone.name, means)]);
  const names = new Set([...(named ?? []), ...serversIn(resolved.answers, zone.name)]);
  const servers = await Promise.all([...names].map((name) => seeServer(name, zone.name, means)));
  return judgeDelegation({ zone, resolved, named, servers });
}

/** The servers by which the zone above leads to a zone. It has to be asked itself: a resolver shows the zone's own list. */
async function namedAbove(zone: string, means: Means): Promise<readonly string[] | undefined> {
  for (let above = parentOf(zone); above !== undefined; above = parentOf(above)) {
    const seen = await means.resolve(above, "NS");
    const hosts = serversIn(seen.answers, above);
    if (hosts.length === 0) continue;
    for (const host of hosts.slice(0, 3)) {
      const [address] = valuesOf(await means.resolve(host, "A"), "A");
      if (address === undefined) continue;
      const referral = await means.askServer(address, zone, "NS");
      // A server that has both zones answers for the lower one, which is no less true.
      const names = serversIn([...referral.authority, ...referral.answers], zone);
      if (names.length > 0) return names;
      if (referral.authoritative && isNone(referral, "NS")) return [];
    }
    return undefined;
  }
  return undefined;
}

function parentOf(zone: string): string | undefined {
  if (zone === "") return undefined;
  const dot = zone.indexOf(".");
  return dot < 0 ? "" : zone.slice(dot + 1);
}

async function seeServer(name: string, zone: string, means: Means): Promise<ServerSeen> {
  const found = await Promise.all(
    (["A", "AAAA"] as const).map(async (type) => valuesOf(await means.resolve(name, type), type)),
  );
  const [v4 = [], v6 = []] = found;
  // Whoever has no IPv6 here would find all servers silent that have it.
  const asked = (v4.length > 0 ? v4 : v6).slice(0, 2);
  return {
    name,
    addresses: [...v4, ...v6],
    answers: await Promise.all(asked.map((address) => means.askServer(address, zone, "SOA"))),
  };
}

/** Pure. */
export function judgeDelegation({ zone, resolved, named, servers }: DelegationSeen): Verdict {
  const { name, provider } = zone;
  const wanted = zone.servers?.toSorted();
  const verdict = judgeOf("delegation", name);
  const setThem = `At the registrar of ${name}, name ${
    wanted === undefined
      ? `the servers that ${provider === "print" ? "you keep it at" : provider} shows for it`
      : wanted.join(", ")
  } as its name servers, and no others.`;
  if (servers.length === 0) {
    if (named !== undefined || resolved.code === "NXDOMAIN" || (zone.closed && isNone(resolved, "NS")))
      return verdict(
        "problem",
        `${name} is not delegated: the zone above names no servers for it, so nobody finds its records.`,
        zone.closed ? "The local world has it: `npm run up`." : setThem,
      );
    return verdict(
      "unknown",
      `Nobody says which servers ${name} has (${resolved.code}).`,
      "Look at the resolver first.",
    );
  }
  const delegated =
    named !== undefined && named.length > 0 ? named.toSorted() : servers.map((one) => one.name).toSorted();
  if (wanted !== undefined && wanted.join() !== delegated.join())
    return verdict(
      "problem",
      `${name} is delegated to ${delegated.join(", ")}, but its records are at ${wanted.join(", ")}.`,
      setThem,
    );
  const faults = servers.flatMap((server) => faultOf(server, name) ?? []);
  if (faults.length === 0) return verdict("ok", `${delegated.join(", ")}: each answers for it.`);
  // A server that has the zone answers whoever tries again; one that does not have it sends people away.
  const lame = faults.some(({ kind }) => kind === "lame");
  return verdict(
    lame || faults.length === servers.length ? "problem" : "warning",
    `${faults.map(({ says }) => says).join("; ")}.`,
    lame ? setThem : "Ask its operator, and try again in a while.",
  );
}

interface Fault {
  readonly kind: "lame" | "silent";
  readonly says: string;
}

function faultOf({ name, addresses, answers }: ServerSeen, zone: string): Fault | undefined {
  if (addresses.length === 0) return { kind: "lame", says: `the server ${name} has no address` };
  if (answers.every(({ code }) => code === "SILENT"))
    return { kind: "silent", says: `the server ${name} (${addresses.join(", ")}) does not answer` };
  const stranger = answers.find((seen) => seen.code !== "SILENT" && !hasZone(seen));
  if (stranger === undefined) return undefined;
  return {
    kind: "lame",
    says: `the server ${name} does not have the zone ${zone} (it says ${stranger.code}${stranger.authoritative ? "" : ", and not by itself"})`,
  };
}

function hasZone(seen: Seen): boolean {
  return seen.code === "NOERROR" && seen.authoritative && !isNone(seen, "SOA");
}
