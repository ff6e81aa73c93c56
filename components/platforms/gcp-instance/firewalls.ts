/** The firewall of an instance, as Google Cloud wants it: a rule has addresses of one family. Pure. */
import type { Exposure } from "../exposure.ts";
import type * as pulumi from "@pulumi/pulumi";
import { type LinkOpening, WORLD_V4, WORLD_V6 } from "../made.ts";

/** A rule of one family: who, by prefixes, and what they may reach. */
export interface FirewallRule {
  readonly name: string;
  readonly sourceRanges: pulumi.Input<string>[];
  readonly allows: { readonly protocol: string; readonly ports?: string[] }[];
}

/** IPv6's own ICMP has no name there, only its number (RFC 4443). */
const PROTOCOL = { v4: "icmp", v6: "58" } as const;
const WORLD = { v4: WORLD_V4, v6: WORLD_V6 } as const;

/** What may come in; everything else is refused by Google's last rule. A rule without anybody in it is left out. */
export function firewallRules({ ssh, worldPorts }: Exposure): FirewallRule[] {
  return (["v4", "v6"] as const).flatMap((family): FirewallRule[] => {
    const tcp = { protocol: "tcp", ports: worldPorts.map(String) };
    const world = {
      name: `world-${family}`,
      sourceRanges: [WORLD[family]],
      allows: [tcp, { protocol: PROTOCOL[family] }],
    };
    const from = [...ssh.from[family]];
    if (from.length === 0) return [world];
    const allows = [{ protocol: "tcp", ports: [String(ssh.port)] }];
    return [world, { name: `ssh-${family}`, sourceRanges: from, allows }];
  });
}

/** What lets the other sites in, and nobody else. */
export function linkRule({ port, from }: LinkOpening): FirewallRule {
  return { name: "link", sourceRanges: [...from], allows: [{ protocol: "tcp", ports: [String(port)] }] };
}
