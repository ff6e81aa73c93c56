/** TLSA records, RFC 6698; for SMTP, RFC 7672. */
import type { KeyName, Text } from "../plan/text.ts";
import type { TlsaAssociation } from "../plan/types.ts";

/** A TLSA record whose key is known. */
export interface Tlsa extends TlsaAssociation {
  readonly data: string;
}

/** Where the record of a TLS server on a TCP port lies, RFC 6698 section 3. */
export function tlsaName(port: number, host: string): string {
  return `_${port}._tcp.${host}`;
}

/**
 * `3 1 1`: the server's own key by its SHA-256. The certificate around it may be renewed, or signed by another
 * authority, without a change to the record (RFC 7672 section 3.1.1).
 */
export function keyAssociation(key: KeyName): TlsaAssociation {
  return { usage: 3, selector: 1, matchingType: 1, data: [{ ref: "spkiSha256", key }] satisfies Text };
}

/** RDATA in master-file form, RFC 6698 section 2.2. */
export function formatTlsa({ usage, selector, matchingType, data }: Tlsa): string {
  return `${usage} ${selector} ${matchingType} ${data}`;
}

/** Reads what {@link formatTlsa} writes; the digits of the data may be in groups. @throws SyntaxError for anything else */
export function parseTlsa(text: string): Tlsa {
  const [, usage, selector, matchingType, data] = /^(\d+) (\d+) (\d+) ([\da-f ]+)$/i.exec(text) ?? [];
  const octets = data?.replaceAll(" ", "").toLowerCase();
  if (octets === undefined || octets.length === 0 || octets.length % 2 !== 0) {
    throw new SyntaxError(
      `"${text}" is not a TLSA record: usage, selector, matching type, then octets in hexadecimal.`,
    );
  }
  const fields = [usage, selector, matchingType].map(Number);
  if (fields.some((field) => field > 255)) throw new SyntaxError(`"${text}" has a field above 255.`);
  const [u = 0, s = 0, m = 0] = fields;
  return { usage: u, selector: s, matchingType: m, data: octets };
}
