/** Postfix's questions to the directory. */
import { tableSections } from "./tables.ts";
import type { Edge } from "./render.ts";

/** The sections of haproxy.cfg for each port of the directory. The first port is asked every second, for all of them. */
export function directorySections({ host, ports }: Edge["directory"]): string[] {
  const [asked] = ports;
  return asked === undefined
    ? []
    : ports.map((port) => tableSections({ server: "directory", host, port, service: "lookup", asked }));
}
