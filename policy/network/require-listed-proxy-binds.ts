/** The edge listens for the world on mail's ports alone. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { LINK_PORT, WORLD_PORTS } from "./allowed.ts";
import { bindsOf, linesOf, type Section, sectionsOf } from "../read/haproxy.ts";
import { isEveryAddress, isLoopback } from "../read/publication.ts";
import { eachWorkload, fileOf } from "../read/release.ts";

export const requireListedProxyBinds: ResourceValidationPolicy = {
  name: "require-listed-proxy-binds",
  description:
    "HAProxy binds the site's own addresses, and beyond loopback only the ports of SMTP, submission, IMAP and HTTPS.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps:
    "Bind an address of the site with one of the ports 25, 465, 587, 993, 143, 443 and 80, or with 4433 for the link between sites, or a loopback address.",
  validateResource: eachWorkload((workload, report) => {
    const text = fileOf(workload, "haproxy.cfg");
    if (text === undefined) return;
    for (const line of linesOf(text)) {
      const [, at] = /^stats\s+socket\s+(?!\/|unix@\/|abns@|fd@|sockpair@)(\S+)/.exec(line) ?? [];
      if (at !== undefined)
        report(`haproxy.cfg has its stats socket at ${at}, where whoever connects may command it; give it a path.`);
    }
    for (const { kind, name, lines } of sectionsOf(text).filter(isBeyondLoopback)) {
      if (lines.some((line) => /^(stats\s+(?!timeout)|monitor-uri\s)/.test(line)))
        report(`haproxy.cfg shows its figures to whoever connects to the ${kind} ${name}; show them on the loopback.`);
    }
    const listed = [...WORLD_PORTS.keys(), LINK_PORT];
    for (const { address, ports, shown } of bindsOf({ lines: linesOf(text) })) {
      if (isEveryAddress(address)) {
        report(`haproxy.cfg binds ${shown}, which is every address, also the site's own network; name one address.`);
      }
      if (!isLoopback(address) && !ports.every((port) => listed.includes(port))) {
        const all = listed.join(", ");
        report(`haproxy.cfg binds ${shown}, and beyond loopback only the ports ${all} are allowed; remove it.`);
      }
    }
  }),
};

function isBeyondLoopback(section: Section): boolean {
  return bindsOf(section).some(({ address }) => !isLoopback(address));
}
