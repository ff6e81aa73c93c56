/** `tls.PrivateKey`, with every output of the official provider. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { type Kind, text, wholeNumber } from "../protocol/kind.ts";
import type { Properties } from "../protocol/values.ts";
import { opensshKey } from "./openssh.ts";

/** Names of algorithms, as the official provider has them. */
export type Algorithm = "RSA" | "ECDSA" | "ED25519";

/** Node's names of the curves, by the provider's. */
const CURVES: Readonly<Record<string, string>> = {
  P224: "secp224r1",
  P256: "prime256v1",
  P384: "secp384r1",
  P521: "secp521r1",
};

/** A key in all formats; its id is the SHA-1 of its public half in PEM. */
export const privateKey: Kind = {
  inputs: { algorithm: undefined, rsaBits: 2048, ecdsaCurve: "P224" },
  required: ["algorithm"],
  secrets: ["privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh"],
  stateVersion: 1,
  problems: (inputs) => ({
    ...problem(inputs, "algorithm", ["RSA", "ECDSA", "ED25519"]),
    ...problem(inputs, "ecdsaCurve", Object.keys(CURVES)),
  }),
  create: async (inputs) => {
    const key = await generate(inputs);
    const publicKeyPem = publicPem(key);
    const ssh = opensshKey(key);
    return {
      id: createHash("sha1").update(publicKeyPem).digest("hex"),
      outputs: {
        privateKeyPem: traditionalPem(key),
        privateKeyPemPkcs8: pkcs8Pem(key),
        privateKeyOpenssh: ssh?.privateKey ?? "",
        publicKeyPem,
        publicKeyOpenssh: ssh?.publicKey ?? "",
        publicKeyFingerprintMd5: ssh?.fingerprintMd5 ?? "",
        publicKeyFingerprintSha256: ssh?.fingerprintSha256 ?? "",
      },
    };
  },
};

/** `tls.getPublicKey`: the public half of a private key in PEM or OpenSSH format. */
export function getPublicKey(inputs: Properties): Properties {
  const key = readPrivateKey(text(inputs, "privateKeyPem"));
  const ssh = opensshKey(key);
  return {
    id: createHash("sha1").update(publicPem(key)).digest("hex"),
    algorithm: algorithmOf(key),
    privateKeyPem: inputs["privateKeyPem"],
    publicKeyPem: publicPem(key),
    publicKeyOpenssh: ssh?.publicKey ?? "",
    publicKeyFingerprintMd5: ssh?.fingerprintMd5 ?? "",
    publicKeyFingerprintSha256: ssh?.fingerprintSha256 ?? "",
  };
}

/** @throws {Error} when the text is no unencrypted private key in PEM */
export function readPrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new Error("The private key cannot be read; give it as an unencrypted PEM (PKCS#1, SEC 1 or PKCS#8).");
  }
}

/** The provider's name of a key's algorithm. */
export function algorithmOf(key: KeyObject): Algorithm {
  switch (key.asymmetricKeyType) {
    case "rsa":
      return "RSA";
    case "ec":
      return "ECDSA";
    case "ed25519":
      return "ED25519";
    default:
      throw new Error(`A key of type ${String(key.asymmetricKeyType)} is not supported; use RSA, ECDSA or ED25519.`);
  }
}

async function generate(inputs: Properties): Promise<KeyObject> {
  // Asynchronous, so that several keys are made at once in libuv's threads.
  const pair = promisify(generateKeyPair);
  const algorithm = text(inputs, "algorithm");
  if (algorithm === "RSA") return (await pair("rsa", { modulusLength: wholeNumber(inputs, "rsaBits") })).privateKey;
  if (algorithm === "ED25519") return (await pair("ed25519", {})).privateKey;
  const namedCurve = CURVES[text(inputs, "ecdsaCurve")];
  if (namedCurve === undefined) throw new Error(`ecdsaCurve must be one of ${Object.keys(CURVES).join(", ")}.`);
  return (await pair("ec", { namedCurve })).privateKey;
}

/** The format each algorithm had before PKCS#8: PKCS#1 for RSA, SEC 1 for ECDSA; Ed25519 never had another. */
function traditionalPem(key: KeyObject): string {
  const algorithm = algorithmOf(key);
  if (algorithm === "ED25519") return pkcs8Pem(key);
  return key.export({ type: algorithm === "RSA" ? "pkcs1" : "sec1", format: "pem" }).toString();
}

function pkcs8Pem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

function publicPem(key: KeyObject): string {
  return createPublicKey(key).export({ type: "spki", format: "pem" }).toString();
}

function problem(inputs: Properties, name: string, allowed: readonly string[]): Record<string, string> {
  const value = inputs[name];
  if (value === undefined || (typeof value === "string" && allowed.includes(value))) return {};
  return { [name]: `${name} must be one of ${allowed.join(", ")}, not ${JSON.stringify(value)}.` };
}
