/** DNS blocklists of the local world (RFC 5782), with entries that can be relied on. */
import { listedName, reverseName } from "../dns/names.ts";
import type { RecordSet } from "../plan/types.ts";
import { internetAddress } from "./addresses.ts";
import type { WorldContext } from "./context.ts";

/** Addresses that nobody has until a test takes one. */
export const CLIENT = {
  listed: internetAddress(250),
  unlisted: internetAddress(251),
  /** The list answers that it gives no verdict, as it does to those who ask too often. */
  withoutVerdict: internetAddress(252),
  /** Its reverse name is in a domain that is listed. */
  named: internetAddress(253),
} as const;

/** Where nobody listens. */
const NOBODY = internetAddress(9).v4;
const TTL_SECONDS = 60;

/** The key of the list that wants one. It is for tests, and opens nothing. */
export const LIST_KEY = "akeythatisfortests";

/** Names of the lists, and of a domain that is listed. */
export function blocklistNames(domain: string) {
  return {
    clients: `bl.${domain}`,
    names: `dbl.${domain}`,
    /** A list whose name server is dead. */
    silent: `silent.${domain}`,
    /** A list that answers those alone who ask with its key. */
    keyed: `kbl.${domain}`,
    listedDomain: `listed.${domain}`,
  } as const;
}

/** What the foreign domain's zone has of its lists. */
export function blocklistRecords({ domain, addresses }: Pick<WorldContext["outside"], "domain" | "addresses">) {
  const { clients, names, silent, keyed, listedDomain } = blocklistNames(domain);
  const server = `ns.${silent}`;
  return [
    ...entry(`2.0.0.127.${clients}`, "127.0.0.2"),
    ...[CLIENT.listed.v4, CLIENT.listed.v6].flatMap((address) =>
      entry(`${listedName(address)}.${clients}`, "127.0.0.2"),
    ),
    ...entry(`${listedName(CLIENT.withoutVerdict.v4)}.${clients}`, "127.255.255.254"),
    ...entry(`${listedName(CLIENT.unlisted.v4)}.${LIST_KEY}.${keyed}`, "127.0.0.2"),
    ...entry(`${listedDomain}.${names}`, "127.0.1.2"),
    { name: reverseName(CLIENT.named.v4), ttlSeconds: TTL_SECONDS, type: "PTR", targets: [listedDomain] },
    // It exists, so that it is not refused for that.
    address(listedDomain, addresses.v4),
    { name: silent, ttlSeconds: TTL_SECONDS, type: "NS", targets: [server] },
    address(server, NOBODY),
  ] satisfies RecordSet[];
}

function entry(name: string, answer: string): RecordSet[] {
  return [address(name, answer), { name, ttlSeconds: TTL_SECONDS, type: "TXT", texts: ["Listed for tests"] }];
}

function address(name: string, value: string): RecordSet {
  return { name, ttlSeconds: TTL_SECONDS, type: "A", addresses: [value] };
}
