/** SPF records, RFC 7208. */
import { isIPv4 } from "node:net";

/** What a domain's SPF record says: who sends, and what becomes of the rest. */
export interface Spf {
  /** Addresses or networks that send, IPv4 and IPv6. */
  readonly senders: readonly string[];
  /** `-all` refuses the rest, `~all` marks it (RFC 7208 section 4.6.2). */
  readonly rest: "-all" | "~all";
}

/**
 * The record's text. Only `ip4` and `ip6` terms are written: they cost none of the ten DNS lookups of RFC 7208
 * section 4.6.4.
 */
export function formatSpf(spf: Spf): string {
  const terms = spf.senders.map((sender) => (isIPv4(sender.split("/")[0] ?? "") ? `ip4:${sender}` : `ip6:${sender}`));
  return ["v=spf1", ...terms, spf.rest].join(" ");
}

/**
 * Reads a record of the form that {@link formatSpf} writes.
 *
 * @throws SyntaxError for any other term, since a record with `include`, `a` or `mx` means more than its text shows.
 */
export function parseSpf(text: string): Spf {
  const [version, ...terms] = text.split(" ");
  const rest = terms.pop();
  if (version !== "v=spf1") throw new SyntaxError(`"${text}" does not begin with v=spf1`);
  if (rest !== "-all" && rest !== "~all") throw new SyntaxError(`"${text}" does not end with -all or ~all`);
  const senders = terms.map((term) => {
    const match = /^ip[46]:(.+)$/.exec(term);
    if (match?.[1] === undefined) throw new SyntaxError(`"${term}" in "${text}" is neither ip4 nor ip6`);
    return match[1];
  });
  return { senders, rest };
}
