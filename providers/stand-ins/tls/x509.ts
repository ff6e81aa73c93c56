/** X.509 certificates and requests with the library, from the provider's inputs. Loaded only when one is made. */
import "reflect-metadata";
import { createPrivateKey, randomBytes, type webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { texts } from "../protocol/kind.ts";
import { isRecord, type Properties } from "../protocol/values.ts";
import { algorithmOf, readPrivateKey } from "./private-key.ts";
import { EXTENDED_USAGES, KEY_USAGES, unknownUses } from "./usages.ts";

export { x509 };

/** A key that the library can sign with. */
export interface SigningKey {
  readonly keys: webcrypto.CryptoKeyPair;
  /** With the hash that suits the key. */
  readonly algorithm: webcrypto.EcdsaParams;
  readonly name: "RSA" | "ECDSA" | "ED25519";
}

/** Reads a private key for signing. @throws {Error} when it is unreadable, or on a curve that cannot sign here */
export async function signingKey(pem: string): Promise<SigningKey> {
  const key = readPrivateKey(pem);
  const name = algorithmOf(key);
  const der = key.export({ type: "pkcs8", format: "der" });
  const parameters = parametersOf(name, key.asymmetricKeyDetails?.namedCurve);
  const privateKey = await crypto.subtle.importKey("pkcs8", der, parameters, true, ["sign"]);
  const { kty, n, e, crv, x, y } = createPrivateKey(pem).export({ format: "jwk" });
  const publicJwk = Object.fromEntries(Object.entries({ kty, n, e, crv, x, y }).filter(([, value]) => value));
  const publicKey = await crypto.subtle.importKey("jwk", publicJwk, parameters, true, ["verify"]);
  return { keys: { privateKey, publicKey }, algorithm: { name: parameters.name, hash: parameters.hash }, name };
}

interface Parameters {
  readonly name: string;
  readonly hash: string;
  readonly namedCurve: string;
}

const CURVES: Readonly<Record<string, Parameters>> = {
  prime256v1: { name: "ECDSA", hash: "SHA-256", namedCurve: "P-256" },
  secp384r1: { name: "ECDSA", hash: "SHA-384", namedCurve: "P-384" },
  secp521r1: { name: "ECDSA", hash: "SHA-512", namedCurve: "P-521" },
};

function parametersOf(name: SigningKey["name"], curve: string | undefined): Parameters {
  if (name === "RSA") return { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", namedCurve: "" };
  if (name === "ED25519") return { name: "Ed25519", hash: "SHA-512", namedCurve: "" };
  const found = CURVES[curve ?? ""];
  if (found === undefined) throw new Error(`A key on the curve ${String(curve)} cannot sign; use P256, P384 or P521.`);
  return found;
}

/** Attributes of a subject in the order the official provider writes them, with their object identifiers. */
const SUBJECT: readonly (readonly [string, string])[] = [
  ["country", "2.5.4.6"],
  ["organization", "2.5.4.10"],
  ["organizationalUnit", "2.5.4.11"],
  ["locality", "2.5.4.7"],
  ["province", "2.5.4.8"],
  ["streetAddresses", "2.5.4.9"],
  ["postalCode", "2.5.4.17"],
  ["commonName", "2.5.4.3"],
  ["serialNumber", "2.5.4.5"],
  ["emailAddress", "1.2.840.113549.1.9.1"],
];

/** The distinguished name of a `subject` input. */
export function subjectName(subject: unknown): x509.JsonName {
  if (!isRecord(subject)) return [];
  return SUBJECT.flatMap(([property, oid]) => {
    const value = subject[property];
    const values: unknown[] = Array.isArray(value) ? value : [value];
    return values.filter((item) => typeof item === "string" && item !== "").map((item) => ({ [oid]: [String(item)] }));
  });
}

/**
 * The subject alternative names of the inputs `dnsNames`, `ipAddresses` and `uris`; none makes no extension. It is
 * critical where the subject is empty, RFC 5280 section 4.2.1.6.
 */
export function alternativeNames(inputs: Properties): x509.Extension[] {
  const names: x509.JsonGeneralNames = [
    ...texts(inputs, "dnsNames").map((value) => ({ type: "dns" as const, value })),
    ...texts(inputs, "ipAddresses").map((value) => ({ type: "ip" as const, value })),
    ...texts(inputs, "uris").map((value) => ({ type: "url" as const, value })),
  ];
  const critical = subjectName(inputs["subject"]).length === 0;
  return names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names, critical)];
}

/** The subject alternative names that a request asks for. */
export function requestedNames(request: x509.Pkcs10CertificateRequest): x509.Extension[] {
  const asked = request.getExtension(SUBJECT_ALTERNATIVE_NAME);
  const critical = request.subjectName.toJSON().length === 0;
  return asked === null ? [] : [new x509.Extension(SUBJECT_ALTERNATIVE_NAME, critical, asked.value)];
}

/** Object identifier of the extension. */
const SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";

/** Key usage, extended key usage and basic constraints of the inputs. */
export function constraints(inputs: Properties): x509.Extension[] {
  const uses = texts(inputs, "allowedUses");
  const unknown = unknownUses(uses);
  if (unknown.length > 0) throw new Error(`allowedUses has names that are no uses: ${unknown.join(", ")}.`);
  const [first, ...others] = uses.flatMap((use) => KEY_USAGES[use] ?? []).map((name) => x509.KeyUsageFlags[name]);
  const extended = uses.flatMap((use) => EXTENDED_USAGES[use] ?? []);
  const ca = inputs["isCaCertificate"] === true;
  const pathLength = inputs["maxPathLength"];
  const limited = ca && typeof pathLength === "number" && pathLength >= 0 ? pathLength : undefined;
  return [
    ...(first === undefined
      ? []
      : [
          new x509.KeyUsagesExtension(
            others.reduce((sum, bit) => sum | bit, first),
            true,
          ),
        ]),
    ...(extended.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension(extended)]),
    new x509.BasicConstraintsExtension(ca, limited, true),
  ];
}

/** The subject key identifier, which every CA certificate has and others have on request. */
export async function subjectKeyId(inputs: Properties, key: x509.PublicKeyType): Promise<x509.Extension[]> {
  const wanted = inputs["isCaCertificate"] === true || inputs["setSubjectKeyId"] === true;
  return wanted ? [await x509.SubjectKeyIdentifierExtension.create(key)] : [];
}

/** A random positive serial number of at most 16 octets (RFC 5280 section 4.1.2.2), in hexadecimal and decimal. */
export function serialNumber(): { readonly hex: string; readonly decimal: string } {
  const octets = randomBytes(16);
  octets[0] = ((octets[0] ?? 0) & 0x7f) | 0x40; // positive, and never shorter
  const hex = octets.toString("hex");
  return { hex, decimal: BigInt(`0x${hex}`).toString() };
}

/** PEM as the official provider writes it: a line feed at the end. */
export function pem(item: x509.X509Certificate | x509.Pkcs10CertificateRequest): string {
  return `${item.toString("pem").trimEnd()}\n`;
}
