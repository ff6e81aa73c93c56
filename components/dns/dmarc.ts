/** DMARC records, RFC 9989. The tags that it retired (`pct`, `rf`, `ri`) are never written. */

export interface Dmarc {
  /** `p=`: what to do with mail that fails. */
  readonly policy: "none" | "quarantine" | "reject";
  /** `rua=`: mailbox for aggregate reports (RFC 9990). Absent: none are asked for. */
  readonly reportsTo?: string;
}

/** The text of the record at `_dmarc.<domain>`. */
export function formatDmarc(dmarc: Dmarc): string {
  const reports = dmarc.reportsTo === undefined ? [] : [`rua=mailto:${dmarc.reportsTo}`];
  return ["v=DMARC1", `p=${dmarc.policy}`, ...reports].join("; ");
}
