/** The edge listens for the world on mail's ports alone. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { WORLD_PORTS } from "./allowed.ts";
import { isEveryAddress, isLoopback } from "./publication.ts";
import { eachWorkload } from "./release.ts";

export const requireListedProxyBinds: ResourceValidationPolicy = {
  name: "require-listed-proxy-binds",
  description:
    "HAProxy binds the site's own addresses, and beyond loopback only the ports of SMTP, submission and IMAP.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps:
    "Bind an address of the site with one of the ports 25, 465, 587, 993 and 143, or a loopback address.",
  validateResource: eachWorkload(({ files }, report) => {
    const text = files["haproxy.cfg"];
    if (typeof text !== "string") return;
    for (const { address, ports, shown } of bindsOf(text)) {
      if (isEveryAddress(address)) {
        report(`haproxy.cfg binds ${shown}, which is every address, also the site's own network; name one address.`);
      }
      if (!isLoopback(address) && !ports.every((port) => WORLD_PORTS.has(port))) {
        const listed = [...WORLD_PORTS.keys()].join(", ");
        report(`haproxy.cfg binds ${shown}, and beyond loopback only the ports ${listed} are allowed; remove it.`);
      }
    }
  }),
};

interface Bind {
  readonly address: string;
  /** First and last of a range. */
  readonly ports: readonly number[];
  readonly shown: string;
}

/** All `bind` lines, each with its comma-separated addresses. Sockets of the file system stay out. */
function bindsOf(text: string): Bind[] {
  return text
    .split("\n")
    .map((line) => /^\s*bind\s+(\S+)/.exec(line)?.[1])
    .filter((target) => target !== undefined)
    .flatMap((target) => target.split(","))
    .filter((target) => !/^(\/|unix@|abns@|fd@|sockpair@)/.test(target))
    .map((shown) => {
      const target = shown.replace(/^(ipv4|ipv6|tcp|tcp4|tcp6|quic4|quic6|udp|udp4|udp6)@/, "");
      const colon = target.lastIndexOf(":");
      return {
        address: target.slice(0, Math.max(colon, 0)).replace(/^\[(.*)\]$/, "$1"),
        ports: target
          .slice(colon + 1)
          .split("-")
          .map(Number),
        shown,
      };
    });
}
