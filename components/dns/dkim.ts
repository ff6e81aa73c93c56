/** DKIM key records, RFC 6376 section 3.6.1 and RFC 8463 section 4. */
import type { KeyName, Text } from "../plan/text.ts";

/** Kinds of keys that sign. Every receiver knows the first. */
export const DKIM_ALGORITHMS = ["rsa", "ed25519"] as const;
/** A kind of DKIM keys: `rsa` (RFC 6376) or `ed25519` (RFC 8463). */
export type DkimAlgorithm = (typeof DKIM_ALGORITHMS)[number];

/** Where the record of a selector lies. */
export function dkimName(selector: string, domain: string): string {
  return `${selector}._domainkey.${domain}`;
}

/** The text at `<selector>._domainkey.<domain>`. */
export function dkimRecord(key: KeyName, algorithm: DkimAlgorithm): Text {
  return [revokedRecord(algorithm), { ref: "dkimPublicKey", key }];
}

/** The text that stands in place of a key that was revoked, RFC 6376 section 3.6.1. */
export function revokedRecord(algorithm: DkimAlgorithm): string {
  return `v=DKIM1; k=${algorithm}; p=`;
}

/** What a record of the form of {@link dkimRecord} says. */
export interface DkimRecord {
  readonly algorithm: DkimAlgorithm;
  /** In base64: DER SubjectPublicKeyInfo, or the 32 octets of an Ed25519 key. */
  readonly key: string;
}

/** @throws SyntaxError for any other, and for a key that was revoked by an empty `p=` */
export function parseDkim(text: string): DkimRecord {
  const [, name, key] = /^v=DKIM1; k=(rsa|ed25519); p=([A-Za-z\d+/]+={0,2})$/.exec(text) ?? [];
  const algorithm = DKIM_ALGORITHMS.find((one) => one === name);
  if (algorithm === undefined || key === undefined)
    throw new SyntaxError(`"${text}" is not "v=DKIM1; k=", rsa or ed25519, "; p=" and a key in base64.`);
  return { algorithm, key };
}
