/** Listeners that send on for other sites: whom they are for, and where. */
import { isIP } from "node:net";

/** Ports of Postfix where other sites' mail is taken that leaves here. Only the link may lead there. */
export const CARRY_PORTS: ReadonlySet<number> = new Set([10026, 10588]);

/**
 * The clients of a list of restrictions that permits single addresses by name and refuses everybody else; undefined where it
 * says anything more.
 */
export function permittedClients(restrictions: string): readonly string[] | undefined {
  const [, table] = /^check_client_access\s+inline:\{\s*(\{.*\})\s*\}\s*,\s*reject$/.exec(restrictions.trim()) ?? [];
  if (table === undefined) return undefined;
  const clients = table.split(/\}\s*,\s*\{/).map((entry) => /^\{?\s*(\S+)\s*=\s*permit\s*\}?$/.exec(entry)?.[1] ?? "");
  return clients.every((client) => isIP(client) !== 0) ? clients : undefined;
}
