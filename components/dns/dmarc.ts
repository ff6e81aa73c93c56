/** DMARC records, RFC 9989. The tags that it retired (`pct`, `rf`, `ri`) are never written. */
import { formatMailto, parseMailto } from "./mailto.ts";

/** What a DMARC record says (RFC 7489 section 6.3). */
export interface Dmarc {
  /** `p=`: what to do with mail that fails. */
  readonly policy: "none" | "quarantine" | "reject";
  /** `rua=`: mailbox for aggregate reports (RFC 9990). Absent: none are asked for. */
  readonly reportsTo?: string;
}

/** The text of the record at `_dmarc.<domain>`. */
export function formatDmarc(dmarc: Dmarc): string {
  const reports = dmarc.reportsTo === undefined ? [] : [`rua=${formatMailto(dmarc.reportsTo)}`];
  return ["v=DMARC1", `p=${dmarc.policy}`, ...reports].join("; ");
}

/** Reads what {@link formatDmarc} writes. @throws SyntaxError for any other tag, which would mean more than was read */
export function parseDmarc(text: string): Dmarc {
  const [, policy, uri] = /^v=DMARC1; p=(none|quarantine|reject)(?:; rua=(\S+))?$/.exec(text) ?? [];
  if (policy !== "none" && policy !== "quarantine" && policy !== "reject") {
    throw new SyntaxError(`"${text}" is not "v=DMARC1; p=" and a policy, with or without one "rua=".`);
  }
  return uri === undefined ? { policy } : { policy, reportsTo: parseMailto(uri) };
}

/**
 * The record by which the owner of a mailbox agrees to reports about another domain, RFC 9990 section 4; without it
 * none are sent there. Undefined where the mailbox is in the domain itself.
 */
export function reportAuthorisation(domain: string, mailbox: string): { name: string; text: string } | undefined {
  const receiver = mailbox.slice(mailbox.lastIndexOf("@") + 1);
  return receiver === domain ? undefined : { name: `${domain}._report._dmarc.${receiver}`, text: "v=DMARC1;" };
}
