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
  /** Machines of the cloud that may, by what they have in common: whoever has the tag tomorrow is among them. */
  readonly groups: readonly string[];
  /** As a reader would write it. */
  readonly text: string;
}

type Props = Readonly<Record<string, unknown>>;

const ALL_PORTS = [0, 65_535] as const;

/** Sources of a rule at DigitalOcean besides addresses. */
const DIGITALOCEAN_GROUPS = [
  ["sourceTags", "the tag"],
  ["sourceDropletIds", "the droplet"],
  ["sourceLoadBalancerUids", "the load balancer"],
  ["sourceKubernetesIds", "the cluster"],
] as const;

/** Each kind of resource that lets connections in. */
const READERS: Readonly<Record<string, (props: Props) => Opening[]>> = {
  "digitalocean:index/firewall:Firewall": (props) =>
    list(props["inboundRules"])
      .map(fields)
      .map((rule) => {
        const groups = DIGITALOCEAN_GROUPS.flatMap(([key, what]) => words(rule[key]).map((one) => `${what} ${one}`));
        return opening(word(rule["protocol"]), word(rule["portRange"]), words(rule["sourceAddresses"]), groups);
      }),
  "gcp:compute/firewall:Firewall": (props) => {
    if (word(props["direction"]).toUpperCase() === "EGRESS") return [];
    // Without sources and tags Google takes all of IPv4.
    const from = words(props["sourceRanges"]);
    const groups = [
      ...words(props["sourceTags"]).map((tag) => `the tag ${tag}`),
      ...words(props["sourceServiceAccounts"]).map((account) => `the account ${account}`),
    ];
    const sources = from.length === 0 && groups.length === 0 ? ["0.0.0.0/0"] : from;
    return list(props["allows"])
      .map(fields)
      .flatMap((rule) => {
        const ports = words(rule["ports"]);
        return (ports.length === 0 ? [""] : ports).map((range) =>
          opening(word(rule["protocol"]), range, sources, groups),
        );
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

/** No reader wants more of a list. */
const MAX_SHOWN = 8;

function opening(protocol: string, range: string, sources: readonly string[], groups: readonly string[]): Opening {
  const name = PROTOCOLS[protocol.toLowerCase()] ?? protocol.toLowerCase();
  const all = range === "" || range === "all" || range === "0";
  const [first = Number.NaN, last = first] = range.split("-").map(Number);
  const ports = all ? ALL_PORTS : ([first, last] as const);
  const shown = all ? "all ports" : `port ${range}`;
  const from = [...sources, ...groups];
  const more = from.length > MAX_SHOWN ? ` and ${from.length - MAX_SHOWN} more` : "";
  const text = `${shown} of ${name} to ${from.slice(0, MAX_SHOWN).join(", ")}${more}`;
  return { protocol: name, ports, sources, groups, text };
}
