/**
 * Mail addresses as the directory knows them: lower case, with the domain as A-labels (RFC 5890 section 2.3.2.1).
 *
 * What is kept is ASCII; what is asked for need not be (RFC 6531): a domain may be in U-labels, an extension or a name that
 * only a catch-all takes may have any letters.
 */
import { domainToASCII } from "node:url";

/** Where mail to a discarding alias goes; Postfix throws it away by its transport map. RFC 2606 keeps the name free. */
export const DISCARD_ADDRESS = "discard@discard.invalid";

/** Characters that begin an address extension where a stack sets no others. */
export const DEFAULT_DELIMITER = "+";

/** An address in its two halves, as {@link parseAddress} keeps them. */
export interface Address {
  readonly local: string;
  readonly domain: string;
}

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/**
 * Dot-string of RFC 5321 section 4.1.2, with the letters that RFC 6531 section 3.3 adds. Quoted local parts are refused: no
 * mailbox of this project has one.
 */
const LOCAL = /^[a-z0-9!#$%&'*+/=?^_`{|}~\u{80}-\u{10ffff}-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~\u{80}-\u{10ffff}-]+)*$/u;
const ASCII = /^[\x20-\x7e]*$/;
/** A mailbox's local part is also the name of its folder. */
const MAILBOX_LOCAL = /^[a-z0-9_]([a-z0-9_=&'-]*[a-z0-9_=-])?(\.[a-z0-9_=&'-]+)*$/;

/** Whether `name` is a domain that mail can be sent to: two labels or more, at most 253 octets, RFC 1035 section 2.3.4. */
export function isDomainName(name: string): boolean {
  const labels = name.split(".");
  return (
    name.length <= 253 &&
    labels.length >= 2 &&
    labels.every((label) => LABEL.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? "")
  );
}

/** A domain as the directory keeps it. One that is none is given back as it is. */
export function keptDomain(text: string): string {
  const lower = text.toLowerCase();
  return ASCII.test(lower) ? lower : domainToASCII(lower) || lower;
}

/** Splits an address at its last `@`, in lower case. Undefined for what is no address: RFC 5321 section 4.5.3.1 sets the lengths. */
export function parseAddress(text: string): Address | undefined {
  const lower = text.toLowerCase();
  const at = lower.lastIndexOf("@");
  if (at < 1 || Buffer.byteLength(lower) > 254) return undefined;
  const address = { local: lower.slice(0, at), domain: keptDomain(lower.slice(at + 1)) };
  const fits = Buffer.byteLength(address.local) <= 64 && LOCAL.test(address.local) && isDomainName(address.domain);
  return fits ? address : undefined;
}

/** Whether the directory can keep an address. */
export function isAddress(text: string): boolean {
  return ASCII.test(text) && parseAddress(text) !== undefined;
}

/** Whether a mailbox can have this address: its local part is a safe folder name and has no extension of its own. */
export function isMailboxAddress(text: string, delimiter = DEFAULT_DELIMITER): boolean {
  const address = isAddress(text) ? parseAddress(text) : undefined;
  if (address === undefined) return false;
  return MAILBOX_LOCAL.test(address.local) && splitExtension(address.local, delimiter).extension === "";
}

/**
 * Splits a local part into its base and its extension, which keeps its delimiter: `ann+lists` → `ann`, `+lists`.
 *
 * Same as Postfix's `recipient_delimiter`: each character of `delimiter` is one, the first in the local part counts, and one
 * at its very beginning does not.
 */
export function splitExtension(local: string, delimiter = DEFAULT_DELIMITER): { base: string; extension: string } {
  const at = Array.from(local, (char) => delimiter.includes(char)).indexOf(true);
  return at < 1 ? { base: local, extension: "" } : { base: local.slice(0, at), extension: local.slice(at) };
}
