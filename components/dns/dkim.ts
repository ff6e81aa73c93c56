/** DKIM key records, RFC 6376 section 3.6.1. */
import type { KeyName, Text } from "../plan/text.ts";

/** The text at `<selector>._domainkey.<domain>` for an RSA key. */
export function dkimRecord(key: KeyName): Text {
  return ["v=DKIM1; k=rsa; p=", { ref: "dkimPublicKey", key }];
}
