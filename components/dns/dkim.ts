/** DKIM key records, RFC 6376 section 3.6.1. */
import type { KeyName, Text } from "../plan/text.ts";

/** Where the record of a selector lies. */
export function dkimName(selector: string, domain: string): string {
  return `${selector}._domainkey.${domain}`;
}

/** The text at `<selector>._domainkey.<domain>` for an RSA key. */
export function dkimRecord(key: KeyName): Text {
  return [REVOKED, { ref: "dkimPublicKey", key }];
}

/** The text that stands in place of a key that was revoked, RFC 6376 section 3.6.1. */
export const REVOKED = "v=DKIM1; k=rsa; p=";

/**
 * The public key in a record of the form of {@link dkimRecord}: DER SubjectPublicKeyInfo in base64.
 *
 * @throws SyntaxError for any other, and for a key that was revoked by an empty `p=`
 */
export function parseDkim(text: string): string {
  const [, key] = /^v=DKIM1; k=rsa; p=([A-Za-z\d+/]+={0,2})$/.exec(text) ?? [];
  if (key === undefined) throw new SyntaxError(`"${text}" is not "v=DKIM1; k=rsa; p=" and a key in base64`);
  return key;
}
