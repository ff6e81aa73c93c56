/** Sender patterns of machine accounts. */
import { isAddress, isDomainName, parseAddress } from "./address.ts";

interface Pattern {
  /** Undefined: every local part. */
  readonly local: string | undefined;
  readonly domain: string;
  /** Every name below `domain`, at any depth, but not `domain` itself. */
  readonly below: boolean;
}

/**
 * Reads a pattern. There are two wildcards and no others: the local part `*` (or none at all) stands for every local part, and
 * a domain that begins with `*.` for every name below the rest.
 */
function parsePattern(pattern: string): Pattern | undefined {
  const at = pattern.lastIndexOf("@");
  if (at < 0) return undefined;
  const written = pattern.slice(0, at);
  const local = written === "*" || written === "" ? undefined : written;
  const below = pattern.startsWith("*.", at + 1);
  const domain = pattern.slice(at + (below ? 3 : 1)).toLowerCase();
  const valid = local === undefined ? isDomainName(domain) : isAddress(`${local}@${domain}`) && !local.includes("*");
  return valid ? { local: local?.toLowerCase(), domain, below } : undefined;
}

/** Whether it is an address, or a pattern with a wildcard where one may be. */
export function isSenderPattern(text: string): boolean {
  return parsePattern(text) !== undefined;
}

/** The domain that a pattern lies in: `*@*.home.test` → `home.test`. */
export function patternDomain(pattern: string): string | undefined {
  return parsePattern(pattern)?.domain;
}

/** Whether a pattern stands for an address. What is no pattern, or no address, never does. */
export function matchesPattern(pattern: string, address: string): boolean {
  const wanted = parsePattern(pattern);
  const sender = parseAddress(address);
  if (wanted === undefined || sender === undefined) return false;
  if (wanted.local !== undefined && wanted.local !== sender.local) return false;
  return wanted.below ? sender.domain.endsWith(`.${wanted.domain}`) : sender.domain === wanted.domain;
}
