/** The pairs that the base signs mail with, and keys that are none of them. */
import { generateKeyPairSync } from "node:crypto";

const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
export const RSA_PRIVATE = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
export const RSA_PUBLIC = pair.publicKey.export({ type: "spki", format: "der" }).toString("base64");

const modern = generateKeyPairSync("ed25519");
export const ED25519_PRIVATE = modern.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
/** The 32 octets alone, RFC 8463 section 4. */
export const ED25519_PUBLIC = modern.publicKey.export({ type: "spki", format: "der" }).subarray(-32).toString("base64");

/** What a DKIM record of a key of so many bits holds. */
export function dkimOf(bits: number): string {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: bits });
  return publicKey.export({ type: "spki", format: "der" }).toString("base64");
}

/** A key that no record has. */
export function privateKey(kind: "rsa" | "ed25519" = "rsa"): string {
  const { privateKey: key } =
    kind === "rsa" ? generateKeyPairSync("rsa", { modulusLength: 2048 }) : generateKeyPairSync("ed25519");
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}
