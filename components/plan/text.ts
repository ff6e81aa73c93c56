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
  /** The key in the older PEM of its kind, which OpenSSL calls traditional: PKCS#1 for RSA, SEC 1 for ECDSA. Secret. */
  | { readonly ref: "privateKeyTraditional"; readonly key: KeyName }
  /** The public key as a DKIM `p=` value, RFC 6376 section 3.6.1 and RFC 8463 section 4. */
  | { readonly ref: "dkimPublicKey"; readonly key: KeyName }
  /** The SHA-256 of the public key's DER SubjectPublicKeyInfo, in hexadecimal: TLSA `3 1 1`, RFC 6698 section 2.1. */
  | { readonly ref: "spkiSha256"; readonly key: KeyName }
  /** What tells the account of a key to an ACME server: the SHA-256 of its JWK in base64url, RFC 7638. */
  | { readonly ref: "jwkThumbprint"; readonly key: KeyName }
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
  /** The key in OpenSSH's format. Secret. */
  | { readonly ref: "privateKeyOpenssh"; readonly key: KeyName }
  /** The public key as OpenSSH writes it, in one line without a comment. */
  | { readonly ref: "publicKeyOpenssh"; readonly key: KeyName }
  /** An address of a site's machine towards the world, where only making the machine tells it. */
  | { readonly ref: "siteAddress"; readonly site: string; readonly family: "v4" | "v6" }
  /** The key that a blocklist's operator gave, by the list's zone. Secret. */
  | { readonly ref: "blocklistKey"; readonly zone: string }
  /** What a site shows the provider of a zone to put proofs of control there, by the zone. Secret. */
  | { readonly ref: "dnsToken"; readonly zone: string }
  /** The password hash of a made-up password, for the directory. Secret. */
  | { readonly ref: "passwordCrypt"; readonly password: string }
  /** The password that the settings hold for a relay. Secret. */
  | { readonly ref: "relayPassword"; readonly relay: string }
  /** A zone file, rendered once the keys in its records are known. */
  | { readonly ref: "zoneFile"; readonly zone: string };

/** A reference to an address that only making a machine tells. */
export type SiteAddressRef = Extract<Ref, { ref: "siteAddress" }>;

/** A file's content: plain, or with references. Parts are joined without a separator. */
export type Text = string | readonly (string | Ref)[];

const SECRET_REFS: ReadonlySet<Ref["ref"]> = new Set([
  "privateKeyPem",
  "privateKeyTraditional",
  "privateKeyOpenssh",
  "password",
  "passwordSha256",
  "passwordHash",
  "passwordCrypt",
  "blocklistKey",
  "dnsToken",
  "relayPassword",
] satisfies Ref["ref"][]);

/** Whether a text holds a secret, so that it must be a secret in the state and a file of mode 0400 on a site. */
export function isSecret(text: Text): boolean {
  return typeof text !== "string" && text.some((part) => typeof part !== "string" && SECRET_REFS.has(part.ref));
}

/** Several texts as one. What has no reference in it is plain text again. */
export function concat(...texts: readonly Text[]): Text {
  const parts = texts.flat().reduce<(string | Ref)[]>((joined, part) => {
    const last = joined.at(-1);
    if (typeof part !== "string" || typeof last !== "string") return [...joined, part];
    return [...joined.slice(0, -1), last + part];
  }, []);
  const [first = "", ...more] = parts;
  return typeof first === "string" && more.length === 0 ? first : parts;
}

/** A text that cannot have a reference in it, such as an address of the local world. @throws Error where it has one */
export function literal(text: Text): string {
  return resolveText(text, ({ ref }) => {
    throw new Error(`A text that must be known has a reference in it: ${ref}.`);
  });
}

/** Joins a text, asking `resolve` for each reference. */
export function resolveText(text: Text, resolve: (ref: Ref) => string): string {
  if (typeof text === "string") return text;
  return text.map((part) => (typeof part === "string" ? part : resolve(part))).join("");
}
