/** SRV records, RFC 2782. */
import type { SrvTarget } from "../plan/types.ts";

/** RDATA in master-file form. The target is absolute; the empty one is the root, which says "not offered". */
export function formatSrv({ priority, weight, port, target }: SrvTarget): string {
  return `${priority} ${weight} ${port} ${target}.`;
}

const MAX_UINT16 = 65_535;

/** Reads what {@link formatSrv} writes. @throws SyntaxError for anything else */
export function parseSrv(text: string): SrvTarget {
  const [, priority, weight, port, target] = /^(\d+) (\d+) (\d+) (\S*)\.$/.exec(text) ?? [];
  const fields = [priority, weight, port].map(Number);
  if (target === undefined || fields.some((field) => field > MAX_UINT16)) {
    throw new SyntaxError(
      `"${text}" is not an SRV record: priority, weight and port up to 65535, then an absolute name.`,
    );
  }
  const [p = 0, w = 0, at = 0] = fields;
  return { priority: p, weight: w, port: at, target };
}
