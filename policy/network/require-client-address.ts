/** Blocklists, limits and logs need the client's address, not the edge's. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { backendsOf, binds, bindsOf, type Section, sectionsOf } from "../read/haproxy.ts";
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
        for (const server of lines.filter((line) => /^server\s/.test(line) && hidesClients(line, lines))) {
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

/** By its own words, or by those that all servers of its section have. */
function hidesClients(server: string, lines: readonly string[]): boolean {
  const common = lines.filter((line) => /^default-server\s/.test(line));
  const words = [...common, server].flatMap((line) => line.split(/\s+/));
  const last = words.findLast((word) => /^(no-)?send-proxy/.test(word));
  return last === undefined || last.startsWith("no-");
}
