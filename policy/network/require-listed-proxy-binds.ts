/** The edge listens for the world on mail's ports alone. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { LINK_PORT, WORLD_PORTS } from "./allowed.ts";
import { bindsOf } from "../read/haproxy.ts";
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
    const listed = [...WORLD_PORTS.keys(), LINK_PORT];
    for (const { address, ports, shown } of bindsOf({ lines: text.split("\n") })) {
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
