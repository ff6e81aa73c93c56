import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  delegationSigner,
  dkimPublicKey,
  dnskey,
  formatDs,
  jwkThumbprint,
  spkiSha256,
} from "../../../components/keys/encode.ts";

/** The key of RFC 6605 section 6.1. */
const RFC_6605 = "GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==";

function pemOf(point: string): string {
  const hex = Buffer.from(point, "base64").toString("hex");
  const coordinate = (part: string): string => Buffer.from(part, "hex").toString("base64url");
  const key = { kty: "EC", crv: "P-256", x: coordinate(hex.slice(0, 64)), y: coordinate(hex.slice(64)) };
  return createPublicKey({ key, format: "jwk" }).export({ type: "spki", format: "pem" }).toString();
}

describe("a zone's key", () => {
  test("is the DNSKEY of RFC 6605", () => {
    expect(dnskey(pemOf(RFC_6605))).toBe(`257 3 13 ${RFC_6605}`);
  });

  test.each(["example.net", "EXAMPLE.net", "example.net."])("has the DS of RFC 6605 under the name %s", (zone) => {
    expect(formatDs(delegationSigner(zone, pemOf(RFC_6605)))).toBe(
      "55648 13 2 B4C8C1FE2E7477127B27115656AD6256F424625BF5C1E2770CE6D6E37DF61D17",
    );
  });

  test("cannot be of another kind", () => {
    const { publicKey } = generateKeyPairSync("ed25519");
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    expect(() => dnskey(pem)).toThrow("Only an ECDSA P-256 key can sign a zone here");
  });
});

describe("an ACME account's key", () => {
  test("has a thumbprint that leaves nothing to the order of its members", () => {
    // RFC 7515 appendix A.3; the digest is of the text that RFC 7638 section 3.3 spells out.
    const key = {
      y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
      x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
      kty: "EC",
      crv: "P-256",
    };
    const pem = createPublicKey({ key, format: "jwk" }).export({ type: "spki", format: "pem" }).toString();
    expect(jwkThumbprint(pem)).toBe("oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
  });

  test("cannot be of another kind", () => {
    const { publicKey } = generateKeyPairSync("ed25519");
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    expect(() => jwkThumbprint(pem)).toThrow("Only an ECDSA key is an ACME account's here");
  });
});

test("a DKIM key is the p= value of RFC 6376 appendix C", () => {
  const value =
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5i" +
    "jSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB";
  expect(dkimPublicKey(`-----BEGIN PUBLIC KEY-----\n${value}\n-----END PUBLIC KEY-----\n`)).toBe(value);
});

test("an Ed25519 key is the p= value of RFC 8463 appendix A.2, made from the private key there", () => {
  const d = Buffer.from("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=", "base64").toString("base64url");
  const x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
  const pair = createPrivateKey({ key: { kty: "OKP", crv: "Ed25519", d, x }, format: "jwk" });
  const pem = createPublicKey(pair).export({ type: "spki", format: "pem" }).toString();
  expect(dkimPublicKey(pem)).toBe("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
});

test("the digest for TLSA is that of the SubjectPublicKeyInfo, as openssl makes it", () => {
  // openssl pkey -pubin -outform DER | sha256sum
  expect(spkiSha256(pemOf(RFC_6605))).toBe("4cebf02cf648a32441326ee9556100a8949cc9715c83c90a32da145d72157c42");
});
