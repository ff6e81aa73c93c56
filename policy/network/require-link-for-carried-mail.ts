/** What takes mail for anywhere in the world is reached over the link alone, and only by sites that are named. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { CARRY_PORTS } from "../read/carry.ts";
import { bindsOf, sectionsOf, type Section } from "../read/haproxy.ts";
import { eachWorkload, fileOf } from "../read/release.ts";
import { LINK_PORT } from "./allowed.ts";

/** Sites by their certificates, as a condition of its own. */
const NAMED = /^use_backend\s+\S+\s+if\s(?:.*[\s}])?\{\s*ssl_c_s_dn\(cn\)\s+-m\s+str\s+[^{}\s][^{}]*\}/;
/** What would let others pass as well: an alternative, or the contrary. */
const ANY = /\sor\s|\|\||!\s*\{\s*ssl_c_s_dn/;

export const requireLinkForCarriedMail: ResourceValidationPolicy = {
  name: "require-link-for-carried-mail",
  description:
    "HAProxy leads to the listeners that send on for other sites from the link alone, and only sites whose certificates it names.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps:
    "Use the backend in the frontend of the link only, with `{ ssl_c_s_dn(cn) -m str <site> }` as a condition.",
  validateResource: eachWorkload((workload, report) => {
    const sections = sectionsOf(fileOf(workload, "haproxy.cfg") ?? "");
    for (const { kind, name } of sections.filter(leadsToCarrier)) {
      if (kind !== "backend")
        report(`haproxy.cfg has a ${kind} ${name} that sends on for whoever connects; remove it.`);
      for (const { frontend, line } of usesOf(sections, name)) {
        if (!isLink(frontend)) {
          report(`haproxy.cfg leads ${frontend.name} to ${name}, which sends on for other sites; only the link may.`);
        } else if (!NAMED.test(line) || ANY.test(line)) {
          report(`haproxy.cfg leads every site to ${name}, which sends on; name those that may.`);
        }
      }
    }
  }),
};

function leadsToCarrier({ lines }: Section): boolean {
  return lines.some((line) => {
    const [, port] = /^server\s+\S+\s+\S*:(\d+)(?:\s|$)/.exec(line) ?? [];
    return CARRY_PORTS.has(Number(port));
  });
}

function usesOf(sections: readonly Section[], backend: string): { frontend: Section; line: string }[] {
  return sections.flatMap((frontend) =>
    frontend.lines
      .filter((line) => /^(?:default_backend|use_backend)\s+(\S+)/.exec(line)?.[1] === backend)
      .map((line) => ({ frontend, line })),
  );
}

/** All that it listens on are ports of the link; another rule asks for certificates there. */
function isLink(frontend: Section): boolean {
  const binds = frontend.lines.filter((line) => /^bind\s/.test(line));
  const ports = bindsOf(frontend).map((bind) => bind.ports);
  return ports.length === binds.length && ports.every(([first, last]) => first === LINK_PORT && last === undefined);
}
