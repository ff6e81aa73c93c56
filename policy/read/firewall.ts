/** Firewalls of the providers in one form: who may open a connection to which ports. */
import { fields, list, word, words } from "./values.ts";

/** One permission of a firewall. */
export interface Opening {
  /** In lower case; TCP and UDP by name, `icmp` for that of either family, `all` for all of them. */
  readonly protocol: string;
  /** First and last; 0 to 65535 where all are meant. */
  readonly ports: readonly [number, number];
  /** Networks that may connect. */
  readonly sources: readonly string[];
  /** As a reader would write it. */
  readonly text: string;
}

type Props = Readonly<Record<string, unknown>>;

const ALL_PORTS = [0, 65_535] as const;

/** Each kind of resource that lets connections in. */
const READERS: Readonly<Record<string, (props: Props) => Opening[]>> = {
  "digitalocean:index/firewall:Firewall": (props) =>
    list(props["inboundRules"])
      .map(fields)
      .map((rule) => opening(word(rule["protocol"]), word(rule["portRange"]), words(rule["sourceAddresses"]))),
  "gcp:compute/firewall:Firewall": (props) => {
    if (word(props["direction"]).toUpperCase() === "EGRESS") return [];
    // Without sources and tags Google takes all of IPv4.
    const from = words(props["sourceRanges"]);
    const tags = [...words(props["sourceTags"]), ...words(props["sourceServiceAccounts"])];
    const sources = from.length === 0 && tags.length === 0 ? ["0.0.0.0/0"] : from;
    return list(props["allows"])
      .map(fields)
      .flatMap((rule) => {
        const ports = words(rule["ports"]);
        return (ports.length === 0 ? [""] : ports).map((range) => opening(word(rule["protocol"]), range, sources));
      });
  },
};

/** What a resource opens; undefined where it is no firewall. */
export function openingsOf({ type, props }: { readonly type: string; readonly props: Props }): Opening[] | undefined {
  return READERS[type]?.(props);
}

/** Names of protocols that have several, or a number (RFC 5237). */
const PROTOCOLS: Readonly<Record<string, string>> = {
  "1": "icmp",
  "6": "tcp",
  "17": "udp",
  "58": "icmp",
  icmpv6: "icmp",
  "ipv6-icmp": "icmp",
};

function opening(protocol: string, range: string, sources: readonly string[]): Opening {
  const name = PROTOCOLS[protocol.toLowerCase()] ?? protocol.toLowerCase();
  const all = range === "" || range === "all" || range === "0";
  const [first = Number.NaN, last = first] = range.split("-").map(Number);
  const ports = all ? ALL_PORTS : ([first, last] as const);
  const shown = all ? "all ports" : `port ${range}`;
  return { protocol: name, ports, sources, text: `${shown} of ${name} to ${sources.join(", ")}` };
}
