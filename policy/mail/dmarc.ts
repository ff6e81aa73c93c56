/** DMARC records, RFC 9989. */
import type { Records } from "./system.ts";
import { tagsOf } from "./tags.ts";

/** The record that holds for a domain: its own, or one above it. */
export interface Dmarc {
  /** Where it stands. */
  readonly name: string;
  /** What receivers should do with mail of the domain that was asked about. */
  readonly policy: string;
}

/** Whether a text is a DMARC record: its version comes first, in capitals (RFC 9989 section 4.7). */
export function isDmarc(text: string): boolean {
  return /^v\s*=\s*DMARC1\s*(;|$)/.test(text);
}

/** DMARC records at a domain itself. More than one is as good as none. */
export function dmarcTexts(records: Records, domain: string): readonly string[] {
  return records.at(`_dmarc.${domain}`, "TXT").filter(isDmarc);
}

/** The record that holds for a domain: its own, or that of the closest domain above it in this stack. */
export function dmarcOf(records: Records, domain: string): Dmarc | undefined {
  const labels = domain.split(".");
  const names = labels.slice(0, -1).map((_, index) => labels.slice(index).join("."));
  const name = names.find((one) => dmarcTexts(records, one).length > 0);
  const [text] = name === undefined ? [] : dmarcTexts(records, name);
  if (name === undefined || text === undefined) return undefined;
  const tags = tagsOf(text);
  const policy = (name === domain ? undefined : tags.get("sp")) ?? tags.get("p") ?? "";
  return { name: `_dmarc.${name}`, policy: policy.toLowerCase() };
}
