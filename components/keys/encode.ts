/** Public keys in the forms that DNS wants. Pure. */
import { createHash, createPublicKey } from "node:crypto";

/** Key tag and digest of a zone's key, for its parent. RFC 4034 section 5. */
export interface DelegationSigner {
  readonly keyTag: number;
  readonly algorithm: number;
  readonly digestType: number;
  /** Hexadecimal, upper case. */
  readonly digest: string;
}

/** Zone key and secure entry point: the one key signs everything. RFC 4034 section 2.1.1. */
const FLAGS = 257;
const PROTOCOL = 3;
/** ECDSA P-256 with SHA-256, RFC 6605. */
const ALGORITHM = 13;
/** SHA-256, RFC 4509. */
const DIGEST_TYPE = 2;

/** The key itself, which comes last in its DER SubjectPublicKeyInfo, RFC 8410 section 4. */
const ED25519_OCTETS = 32;

/**
 * A DKIM `p=` value in base64: DER SubjectPublicKeyInfo (RFC 6376 section 3.6.1), and of an Ed25519 key the 32 octets alone
 * (RFC 8463 section 4).
 */
export function dkimPublicKey(publicKeyPem: string): string {
  const der = spki(publicKeyPem);
  const isEd25519 = createPublicKey(publicKeyPem).asymmetricKeyType === "ed25519";
  return (isEd25519 ? der.subarray(-ED25519_OCTETS) : der).toString("base64");
}

/** SHA-256 of the DER SubjectPublicKeyInfo in hexadecimal, as a TLSA record with selector 1 and matching type 1 holds it. */
export function spkiSha256(publicKeyPem: string): string {
  return createHash("sha256")
    .update(Uint8Array.from(spki(publicKeyPem)))
    .digest("hex");
}

/** SHA-256 of the key's JWK in base64url, RFC 7638. @throws RangeError for a key that is not an elliptic curve's */
export function jwkThumbprint(publicKeyPem: string): string {
  const { kty, crv, x, y } = createPublicKey(publicKeyPem).export({ format: "jwk" });
  if (kty !== "EC")
    throw new RangeError("Only an ECDSA key is an ACME account's here: set the key's algorithm to ECDSA-P256.");
  // Required members alone, in this order.
  return createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest("base64url");
}

/** DNSKEY RDATA in master-file form, such as `257 3 13 GojI…`. @throws RangeError for a key that is not ECDSA P-256 */
export function dnskey(publicKeyPem: string): string {
  return [FLAGS, PROTOCOL, ALGORITHM, point(publicKeyPem).toString("base64")].join(" ");
}

/** DS of a zone's key. */
export function delegationSigner(zone: string, publicKeyPem: string): DelegationSigner {
  const header = Buffer.alloc(4);
  header.writeUInt16BE(FLAGS, 0);
  header.writeUInt8(PROTOCOL, 2);
  header.writeUInt8(ALGORITHM, 3);
  const rdata = Uint8Array.from([...header, ...point(publicKeyPem)]);
  const hash = createHash("sha256").update(Uint8Array.from([...wireName(zone), ...rdata]));
  return {
    keyTag: keyTag(rdata),
    algorithm: ALGORITHM,
    digestType: DIGEST_TYPE,
    digest: hash.digest("hex").toUpperCase(),
  };
}

/** DS RDATA in master-file form. */
export function formatDs({ keyTag: tag, algorithm, digestType, digest }: DelegationSigner): string {
  return `${tag} ${algorithm} ${digestType} ${digest}`;
}

function spki(publicKeyPem: string): Buffer {
  return createPublicKey(publicKeyPem).export({ type: "spki", format: "der" });
}

/** Checksum of RFC 4034 appendix B. */
function keyTag(rdata: Uint8Array): number {
  const sum = rdata.reduce((total, octet, index) => total + (index % 2 === 0 ? octet << 8 : octet), 0);
  return (sum + (sum >> 16)) & 0xffff;
}

/** The point's two coordinates without the leading octet of its uncompressed form, RFC 6605 section 4. */
function point(publicKeyPem: string): Buffer {
  const { kty, crv, x, y } = createPublicKey(publicKeyPem).export({ format: "jwk" });
  if (kty !== "EC" || crv !== "P-256" || x === undefined || y === undefined) {
    throw new RangeError("Only an ECDSA P-256 key can sign a zone here: set the key's algorithm to ECDSA-P256.");
  }
  return Buffer.from(`${hex(x)}${hex(y)}`, "hex");
}

function hex(base64url: string): string {
  return Buffer.from(base64url, "base64url").toString("hex");
}

/** Canonical wire form: lower case, each label after its length. RFC 4034 section 6.2. */
function wireName(name: string): Buffer {
  const labels = name.toLowerCase().split(".").filter(Boolean);
  const hexOf = (label: string): string =>
    Buffer.from([label.length]).toString("hex") + Buffer.from(label).toString("hex");
  return Buffer.from(`${labels.map(hexOf).join("")}00`, "hex");
}
