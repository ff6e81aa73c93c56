/**
 * Text that is not whole until keys exist.
 *
 * The plan is pure and knows no key material. Where a rendered file needs some, the plan puts a reference in its place;
 * `components/release` resolves it from Pulumi outputs, and the kind of the reference alone says whether the result is
 * a secret.
 */

/** Name of a key pair in {@link KeyPlan}, such as `dkim/home.test/s1` or `site/alpha`. */
export type KeyName = string;

/** A value that only Pulumi knows. */
export type Ref =
  /** The key in PKCS#8 PEM. Secret. */
  | { readonly ref: "privateKeyPem"; readonly key: KeyName }
  /** The key in PKCS#1 PEM (RSA only). Secret. */
  | { readonly ref: "privateKeyPkcs1"; readonly key: KeyName }
  /** The public key as a DKIM `p=` value: DER SubjectPublicKeyInfo in base64, RFC 6376 section 3.6.1. */
  | { readonly ref: "dkimPublicKey"; readonly key: KeyName }
  /** The SHA-256 of the public key's DER SubjectPublicKeyInfo, in hexadecimal: TLSA `3 1 1`, RFC 6698 section 2.1. */
  | { readonly ref: "spkiSha256"; readonly key: KeyName }
  /** The public key as DNSKEY RDATA (`257 3 13 …`), RFC 4034 section 2. */
  | { readonly ref: "dnskey"; readonly key: KeyName }
  /** A certificate of {@link KeyPlan.certificates}, PEM. */
  | { readonly ref: "certificatePem"; readonly certificate: string }
  /** A certificate request of {@link KeyPlan.requests}, PEM. */
  | { readonly ref: "requestPem"; readonly request: string }
  /** A made-up password of {@link KeyPlan.passwords}. Secret. */
  | { readonly ref: "password"; readonly password: string }
  /** The SHA-256 of a made-up password, in hexadecimal: what a service needs to know it without holding it. Secret. */
  | { readonly ref: "passwordSha256"; readonly password: string }
  /** The password hash that the settings hold for a mailbox. Secret. */
  | { readonly ref: "passwordHash"; readonly address: string }
  /** The key that a blocklist's operator gave, by the list's zone. Secret. */
  | { readonly ref: "blocklistKey"; readonly zone: string }
  /** The password that the settings hold for a relay. Secret. */
  | { readonly ref: "relayPassword"; readonly relay: string }
  /** A zone file, rendered once the keys in its records are known. */
  | { readonly ref: "zoneFile"; readonly zone: string };

/** A file's content: plain, or with references. Parts are joined without a separator. */
export type Text = string | readonly (string | Ref)[];

const SECRET_REFS: ReadonlySet<Ref["ref"]> = new Set([
  "privateKeyPem",
  "privateKeyPkcs1",
  "password",
  "passwordSha256",
  "passwordHash",
  "blocklistKey",
  "relayPassword",
] satisfies Ref["ref"][]);

/** Whether a text holds a secret, so that it must be a secret in the state and a file of mode 0400 on a site. */
export function isSecret(text: Text): boolean {
  return typeof text !== "string" && text.some((part) => typeof part !== "string" && SECRET_REFS.has(part.ref));
}

/** Joins a text, asking `resolve` for each reference. */
export function resolveText(text: Text, resolve: (ref: Ref) => string): string {
  if (typeof text === "string") return text;
  return text.map((part) => (typeof part === "string" ? part : resolve(part))).join("");
}
