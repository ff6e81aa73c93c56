/** Blocklists, limits and logs need the client's address, not the edge's. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { binds, bindsOf, type Section, sectionsOf } from "../read/haproxy.ts";
import { isLoopback } from "../read/publication.ts";
import { eachWorkload, fileOf } from "../read/release.ts";
import { WORLD_PORTS } from "./allowed.ts";

export const requireClientAddress: ResourceValidationPolicy = {
  name: "require-client-address",
  description: "HAProxy passes the client's address on, by the PROXY protocol, for every port that the world reaches.",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps: "Add `send-proxy-v2` to each server that the frontend leads to.",
  validateResource: eachWorkload((workload, report) => {
    const sections = sectionsOf(fileOf(workload, "haproxy.cfg") ?? "");
    for (const frontend of sections.filter(isForWorld)) {
      const names = backendsOf(frontend);
      const targets = sections.filter(({ kind, name }) => kind === "backend" && names.includes(name));
      for (const { name, lines } of [...targets, ...(frontend.kind === "listen" ? [frontend] : [])]) {
        for (const server of lines.filter((line) => /^server\s/.test(line) && !/\ssend-proxy\S*/.test(line))) {
          const [, shown = ""] = server.split(/\s+/);
          report(
            `haproxy.cfg leads ${frontend.name} to the server ${shown} of ${name} without the client's address; add send-proxy-v2.`,
          );
        }
      }
    }
  }),
};

function isForWorld(section: Section): boolean {
  return bindsOf(section).some(
    (bind) => !isLoopback(bind.address) && [...WORLD_PORTS.keys()].some((port) => binds(bind, port)),
  );
}

function backendsOf({ lines }: Section): string[] {
  return lines.flatMap((line) => /^(?:default_backend|use_backend)\s+(\S+)/.exec(line)?.[1] ?? []);
}
