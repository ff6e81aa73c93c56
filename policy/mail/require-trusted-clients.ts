/** ManageSieve and, where it is wanted, webmail answer networks that are trusted, and nobody else. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { areWorld, isLoopbackNetwork } from "../read/address.ts";
import { binds, bindsOf, sectionsOf } from "../read/haproxy.ts";
import { eachWorkload, fileOf } from "../read/release.ts";

interface Config {
  readonly ports: readonly number[];
}

export const requireTrustedClients: ResourceValidationPolicy = {
  name: "require-trusted-clients",
  description: "Beyond loopback the edge offers ManageSieve, and the ports named, to trusted networks alone.",
  enforcementLevel: "mandatory",
  severity: "high",
  configSchema: {
    properties: {
      ports: {
        type: "array",
        items: { type: "integer" },
        default: [4190],
        description: "Ports for trusted networks; add 443 where webmail is not for everybody.",
      },
    },
  },
  remediationSteps: "Refuse others with `tcp-request connection reject unless { src … }` in the frontend.",
  validateResource: eachWorkload((workload, report, _, args) => {
    const text = fileOf(workload, "haproxy.cfg");
    if (text === undefined) return;
    const { ports } = args.getConfig<Config>();
    for (const section of sectionsOf(text).filter(({ kind }) => kind === "frontend" || kind === "listen")) {
      const guarded = section.lines.some(isGuard);
      const open = bindsOf(section).filter(({ address }) => !isLoopbackNetwork(address));
      for (const { shown } of open.filter((bind) => ports.some((port) => binds(bind, port)) && !guarded)) {
        report(`haproxy.cfg binds ${shown} for everybody; reject connections unless their source is trusted.`);
      }
    }
  }),
};

/** A source list that cuts all others off. A list of nearly everything would be none. */
function isGuard(line: string): boolean {
  const guard =
    /^tcp-request\s+(connection|session)\s+reject\s+(unless\s+\{\s*src\s|if\s+(!\s*\{|\{\s*!)\s*src\s)/.exec(line) ??
    /^tcp-request\s+(connection|session)\s+reject\s+(unless|if\s+!)\s*\w*trusted\w*$/i.exec(line);
  return guard !== null && !areWorld(line.match(/[\da-f:.]+\/[\d.]+/gi) ?? []);
}
