/** Domains without mail, which say so. */
import type { Records } from "./system.ts";

/** The exchange of a null MX is the root, RFC 7505 section 3. */
export const NO_EXCHANGE = "";

const DMARC = "_dmarc.";

/**
 * Domains of a stack that nobody writes from or to: those that have a null MX, and those that have a DMARC record, no key to sign
 * with and no MX, and are not hosted.
 */
export function parkedDomains(records: Records, hosted: readonly string[]): readonly string[] {
  const texts = records.all.filter(({ type }) => type === "TXT");
  const signing = new Set(texts.map(({ owner }) => owner.split("._domainkey.")[1]));
  const quiet = texts
    .filter(({ owner }) => owner.startsWith(DMARC))
    .map(({ owner }) => owner.slice(DMARC.length))
    .filter((domain) => !signing.has(domain) && records.at(domain, "MX").length === 0);
  const silent = records.all
    .filter(({ type, value }) => type === "MX" && value === NO_EXCHANGE)
    .map(({ owner }) => owner);
  return [...new Set([...quiet, ...silent])].filter((domain) => !hosted.includes(domain));
}
