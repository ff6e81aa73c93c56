/**
 * The machine's own firewall, nft(8). It stands behind the cloud's, and is the only one on a host of one's own.
 *
 * Docker keeps tables of its own beside this one. A packet must pass both, so what Docker opens by mistake stays closed.
 */
import { concat, type Text } from "../plan/text.ts";
import type { Exposure } from "./exposure.ts";

/** Where clouds tell a machine about itself, user data among it: link-local, and Google's and Amazon's by IPv6. */
const METADATA_V4 = "169.254.169.254";
const METADATA_V6 = ["fd20:ce::254", "fd00:ec2::254"];

/** `/etc/nftables.conf`. Only its own table is replaced, never the whole set of rules. */
export function renderNftables({ ssh, worldPorts, link }: Exposure): Text {
  return concat(
    `#!/usr/sbin/nft -f
# Written by mailkeep. Changes made here are undone by the next run.

table inet mailkeep
delete table inet mailkeep

table inet mailkeep {
${prefixes("ssh_from_v4", "ipv4_addr", ssh.from.v4)}
${prefixes("ssh_from_v6", "ipv6_addr", ssh.from.v6)}
    set world_ports {
        type inet_service
        elements = { ${[...worldPorts].sort((a, b) => a - b).join(", ")} }
    }
`,
    link === undefined ? "" : linkFrom(link),
    `
    # What is for the machine itself.
    chain input {
        type filter hook input priority filter; policy drop;
        ct state established,related accept
        ct state invalid drop
        iifname "lo" accept
        # Neighbours, routers and packets that are too big: IPv6 does not work without them, RFC 4890 section 4.4.
        meta l4proto ipv6-icmp accept
        icmp type { destination-unreachable, time-exceeded, parameter-problem } accept
        icmp type echo-request limit rate 10/second accept
        # Addresses by DHCP.
        udp sport 67 udp dport 68 accept
        ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept
        tcp dport ${ssh.port} ip saddr @ssh_from_v4 accept
        tcp dport ${ssh.port} ip6 saddr @ssh_from_v6 accept
    }

    # What is for containers, or comes from them.
    chain forward {
        type filter hook forward priority filter; policy drop;
        ct state established,related accept
        ct state invalid drop
        # No container asks the cloud about the machine.
        ip daddr ${METADATA_V4} drop
        ip6 daddr { ${METADATA_V6.join(", ")} } drop
        iifname "br-*" accept
        # Docker has put the container's address and port in: what the world asked for is in the connection's memory.
        ct status dnat ct original proto-dst @world_ports meta l4proto tcp accept
${link === undefined ? "" : linkRule(link)}    }
}
`,
  );
}

function prefixes(name: string, type: "ipv4_addr" | "ipv6_addr", elements: readonly string[]): string {
  const list = elements.length === 0 ? "" : `\n        elements = { ${elements.join(", ")} }`;
  return `    set ${name} {
        type ${type}
        flags interval
        auto-merge${list}
    }
`;
}

function linkFrom({ from }: NonNullable<Exposure["link"]>): Text {
  const list = from.flatMap((address, index) => [index === 0 ? "" : ", ", address]);
  return concat(
    "\n    # The other sites' machines.\n    set link_from_v4 {\n        type ipv4_addr\n        elements = { ",
    ...list,
    " }\n    }\n",
  );
}

function linkRule({ port }: NonNullable<Exposure["link"]>): string {
  return `        ct status dnat ct original proto-dst ${port} ip saddr @link_from_v4 meta l4proto tcp accept\n`;
}
