import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import { getPublicKey, privateKey } from "../../../providers/stand-ins/tls/private-key.ts";

const make = async (inputs: Record<string, unknown>) => {
  const { id, outputs } = await privateKey.create({ rsaBits: 2048, ecdsaCurve: "P224", ...inputs });
  return { id, text: (name: string) => String(outputs[name]), outputs };
};

const OUTPUTS = [
  "privateKeyPem",
  "privateKeyPemPkcs8",
  "privateKeyOpenssh",
  "publicKeyPem",
  "publicKeyOpenssh",
  "publicKeyFingerprintMd5",
  "publicKeyFingerprintSha256",
];

describe.each([
  ["RSA", { algorithm: "RSA" }, "RSA PRIVATE KEY", /^ssh-rsa AAAAB3NzaC1yc2E\S+\n$/],
  ["ECDSA", { algorithm: "ECDSA", ecdsaCurve: "P256" }, "EC PRIVATE KEY", /^ecdsa-sha2-nistp256 \S+\n$/],
  ["ECDSA P-521", { algorithm: "ECDSA", ecdsaCurve: "P521" }, "EC PRIVATE KEY", /^ecdsa-sha2-nistp521 \S+\n$/],
  ["Ed25519", { algorithm: "ED25519" }, "PRIVATE KEY", /^ssh-ed25519 \S+\n$/],
])("a key of %s", (_, inputs, header, ssh) => {
  it("has every output, in the official formats", async () => {
    const key = await make(inputs);
    expect(Object.keys(key.outputs)).toEqual(OUTPUTS);
    expect(key.id).toMatch(/^[0-9a-f]{40}$/);
    expect(key.text("privateKeyPem")).toMatch(
      new RegExp(`^-----BEGIN ${header}-----\n[^]+\n-----END ${header}-----\n$`),
    );
    expect(key.text("privateKeyPemPkcs8")).toMatch(/^-----BEGIN PRIVATE KEY-----\n[^]+\n-----END PRIVATE KEY-----\n$/);
    expect(key.text("publicKeyPem")).toMatch(/^-----BEGIN PUBLIC KEY-----\n[^]+\n-----END PUBLIC KEY-----\n$/);
    expect(key.text("privateKeyOpenssh")).toMatch(
      /^-----BEGIN OPENSSH PRIVATE KEY-----\n[^]+-----END OPENSSH PRIVATE KEY-----\n$/,
    );
    expect(key.text("publicKeyOpenssh")).toMatch(ssh);
    expect(key.text("publicKeyFingerprintMd5")).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
    expect(key.text("publicKeyFingerprintSha256")).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
  });

  it("is one key in all of them", async () => {
    const key = await make(inputs);
    const signature = sign(null, Buffer.from("x"), createPrivateKey(key.text("privateKeyPem")));
    expect(verify(null, Buffer.from("x"), createPublicKey(key.text("publicKeyPem")), signature)).toBe(true);
    const again = createPublicKey(createPrivateKey(key.text("privateKeyPemPkcs8")));
    expect(again.export({ type: "spki", format: "pem" })).toBe(key.text("publicKeyPem"));
    const asked = getPublicKey({ privateKeyPem: key.text("privateKeyPem") });
    expect(asked["publicKeyOpenssh"]).toBe(key.text("publicKeyOpenssh"));
    expect(asked["id"]).toBe(key.id);
  });
});

describe("a private key", () => {
  it("has as many bits as it is told", async () => {
    const key = await make({ algorithm: "RSA", rsaBits: 3072 });
    expect(createPrivateKey(key.text("privateKeyPem")).asymmetricKeyDetails?.modulusLength).toBe(3072);
  });

  it("has no OpenSSH form on the curve that OpenSSH does not know", async () => {
    const key = await make({ algorithm: "ECDSA" });
    expect(key.text("publicKeyOpenssh")).toBe("");
    expect(key.text("privateKeyPem")).toContain("EC PRIVATE KEY");
  });

  it("is never made twice", async () => {
    const [one, two] = await Promise.all([make({ algorithm: "ED25519" }), make({ algorithm: "ED25519" })]);
    expect(one.id).not.toBe(two.id);
  });

  it("refuses an algorithm or a curve that it does not know", () => {
    expect(privateKey.problems?.({ algorithm: "DSA" })).toEqual({
      algorithm: 'algorithm must be one of RSA, ECDSA, ED25519, not "DSA".',
    });
    expect(privateKey.problems?.({ ecdsaCurve: "P1" })).toEqual({
      ecdsaCurve: 'ecdsaCurve must be one of P224, P256, P384, P521, not "P1".',
    });
  });

  it("keeps its private forms secret", () => {
    expect(privateKey.secrets).toEqual(["privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh"]);
  });
});
