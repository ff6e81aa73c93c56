/** Makes requests and certificates. Needs the X.509 library, so only what makes one imports this. */
import { createHash } from "node:crypto";
import type { Properties } from "../protocol/values.ts";
import type { Validity } from "./validity.ts";
import {
  alternativeNames,
  constraints,
  pem,
  requestedNames,
  serialNumber,
  signingKey,
  subjectKeyId,
  subjectName,
  x509,
} from "./x509.ts";

/** A request or a certificate. */
export interface Made {
  /** The serial number in decimal. */
  readonly id: string;
  readonly certPem: string;
  /** Algorithm of the key that signed. */
  readonly keyAlgorithm: string;
}

/** A request (PKCS#10, RFC 2986) for the names of the inputs. */
export async function makeRequest(inputs: Properties, keyPem: string): Promise<Made> {
  const key = await signingKey(keyPem);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: subjectName(inputs["subject"]),
    keys: key.keys,
    signingAlgorithm: key.algorithm,
    extensions: alternativeNames(inputs),
  });
  const certPem = pem(request);
  return { id: createHash("sha1").update(certPem).digest("hex"), certPem, keyAlgorithm: key.name };
}

/** A certificate signed by the key that it is for. */
export async function makeSelfSigned(inputs: Properties, keyPem: string, validity: Validity): Promise<Made> {
  const key = await signingKey(keyPem);
  const serial = serialNumber();
  const name = subjectName(inputs["subject"]);
  const authority =
    inputs["setAuthorityKeyId"] === true ? [await x509.AuthorityKeyIdentifierExtension.create(key.keys.publicKey)] : [];
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial.hex,
    subject: name,
    issuer: name,
    ...validity,
    publicKey: key.keys.publicKey,
    signingKey: key.keys.privateKey,
    signingAlgorithm: key.algorithm,
    extensions: [
      ...constraints(inputs),
      ...(await subjectKeyId(inputs, key.keys.publicKey)),
      ...authority,
      ...alternativeNames(inputs),
    ],
  });
  return { id: serial.decimal, certPem: pem(certificate), keyAlgorithm: key.name };
}

/** A CA and what it is to sign, in PEM, and for how long. */
export interface Authority {
  readonly certificate: string;
  readonly key: string;
  readonly request: string;
  readonly validity: Validity;
}

/**
 * A certificate for a request: key, subject and names come from it, uses and times from the inputs.
 *
 * @throws {Error} when a PEM is unreadable, the request is not signed by its own key, or the CA's key is another's
 */
export async function makeLocallySigned(inputs: Properties, authority: Authority): Promise<Made> {
  const issuer = read("caCertPem", () => new x509.X509Certificate(authority.certificate));
  const request = read("certRequestPem", () => new x509.Pkcs10CertificateRequest(authority.request));
  if (!(await request.verify()))
    throw new Error("certRequestPem is not signed by the key in it; make the request anew.");
  const key = await signingKey(authority.key);
  const issuerKey = Buffer.from(issuer.publicKey.rawData);
  if (!issuerKey.equals(Buffer.from(await crypto.subtle.exportKey("spki", key.keys.publicKey)))) {
    throw new Error("caPrivateKeyPem is not the key of caCertPem; give both of the same CA.");
  }
  const serial = serialNumber();
  const issuerId = issuer.getExtension(x509.SubjectKeyIdentifierExtension);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial.hex,
    subject: request.subjectName,
    issuer: issuer.subjectName,
    ...authority.validity,
    publicKey: request.publicKey,
    signingKey: key.keys.privateKey,
    signingAlgorithm: key.algorithm,
    extensions: [
      ...constraints(inputs),
      ...(await subjectKeyId(inputs, request.publicKey)),
      ...(issuerId === null ? [] : [new x509.AuthorityKeyIdentifierExtension(issuerId.keyId)]),
      ...requestedNames(request),
    ],
  });
  return { id: serial.decimal, certPem: pem(certificate), keyAlgorithm: key.name };
}

function read<Item>(name: string, parse: () => Item): Item {
  try {
    return parse();
  } catch {
    throw new Error(`${name} cannot be read; give it as PEM.`);
  }
}
