import { createPrivateKey, X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import type { Kind } from "../../../providers/stand-ins/protocol/kind.ts";
import { certRequest } from "../../../providers/stand-ins/tls/cert-request.ts";
import { locallySignedCert } from "../../../providers/stand-ins/tls/locally-signed-cert.ts";
import { privateKey } from "../../../providers/stand-ins/tls/private-key.ts";
import { selfSignedCert } from "../../../providers/stand-ins/tls/self-signed-cert.ts";
import { readyForRenewal } from "../../../providers/stand-ins/tls/validity.ts";

const HOUR = 3_600_000;
const NAMES = {
  dnsNames: ["alpha.mailkeep.test"],
  ipAddresses: ["198.51.100.11", "2001:db8:100::11"],
  uris: ["https://x.test/"],
};
const SUBJECT = { commonName: "alpha.mailkeep.test", organization: "mailkeep", country: "AT" };
const CA_USES = ["cert_signing", "crl_signing", "digital_signature"];
const LEAF_USES = ["digital_signature", "key_encipherment", "server_auth"];

const make = async (kind: Kind, inputs: Record<string, unknown>) => {
  const defaults = Object.entries(kind.inputs).filter(([, value]) => value !== undefined);
  return kind.create({ ...Object.fromEntries(defaults), ...inputs });
};
const newKey = async (algorithm: string, ecdsaCurve = "P256"): Promise<string> => {
  return String((await make(privateKey, { algorithm, ecdsaCurve })).outputs["privateKeyPem"]);
};
const newCa = async (privateKeyPem: string, more = {}) => {
  const subject = { commonName: "private CA" };
  const inputs = {
    privateKeyPem,
    isCaCertificate: true,
    allowedUses: CA_USES,
    validityPeriodHours: 48,
    subject,
    ...more,
  };
  return make(selfSignedCert, inputs);
};

let caKey: string;
let caPem: string;
let request: string;
let siteKey: string;
beforeAll(async () => {
  [caKey, siteKey] = await Promise.all([newKey("ECDSA"), newKey("ECDSA")]);
  caPem = String((await newCa(caKey)).outputs["certPem"]);
  request = String(
    (await make(certRequest, { privateKeyPem: siteKey, subject: SUBJECT, ...NAMES })).outputs["certRequestPem"],
  );
});

const leaf = (more = {}) =>
  make(locallySignedCert, {
    caCertPem: caPem,
    caPrivateKeyPem: caKey,
    certRequestPem: request,
    allowedUses: LEAF_USES,
    validityPeriodHours: 24,
    ...more,
  });

describe.each([["RSA"], ["ECDSA"], ["ED25519"]])("a certificate of a CA with %s", (algorithm) => {
  it("chains to it", async () => {
    const key = await newKey(algorithm);
    const ca = await newCa(key);
    const made = await leaf({ caCertPem: ca.outputs["certPem"], caPrivateKeyPem: key });
    const authority = new X509Certificate(String(ca.outputs["certPem"]));
    const certificate = new X509Certificate(String(made.outputs["certPem"]));
    expect(authority.ca).toBe(true);
    expect(authority.verify(authority.publicKey)).toBe(true);
    expect(certificate.verify(authority.publicKey)).toBe(true);
    expect(certificate.checkIssued(authority)).toBe(true);
    expect(ca.outputs["keyAlgorithm"]).toBe(algorithm);
    expect(made.outputs["caKeyAlgorithm"]).toBe(algorithm);
  });
});

describe("a locally signed certificate", () => {
  it("is for the key, the subject and the names of its request", async () => {
    const made = await leaf();
    const certificate = new X509Certificate(String(made.outputs["certPem"]));
    expect(certificate.ca).toBe(false);
    expect(certificate.checkPrivateKey(createPrivateKey(siteKey))).toBe(true);
    expect(certificate.subject).toBe("C=AT\nO=mailkeep\nCN=alpha.mailkeep.test");
    expect(certificate.issuer).toBe("CN=private CA");
    expect(certificate.subjectAltName).toBe(
      "DNS:alpha.mailkeep.test, IP Address:198.51.100.11, IP Address:2001:DB8:100:0:0:0:0:11, URI:https://x.test/",
    );
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect(BigInt(`0x${certificate.serialNumber}`).toString()).toBe(made.id);
  });

  it("is valid for as long as it is told, and says so", async () => {
    const { outputs } = await leaf({ earlyRenewalHours: 2 });
    const certificate = new X509Certificate(String(outputs["certPem"]));
    expect(certificate.validToDate.getTime() - certificate.validFromDate.getTime()).toBe(24 * HOUR);
    expect(outputs["validityStartTime"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(Date.parse(String(outputs["validityEndTime"]))).toBe(certificate.validToDate.getTime());
    expect(outputs["readyForRenewal"]).toBe(false);
  });

  it("refuses a key that is not the CA's, and what it cannot read", async () => {
    await expect(leaf({ caPrivateKeyPem: siteKey })).rejects.toThrow("caPrivateKeyPem is not the key of caCertPem");
    await expect(leaf({ certRequestPem: "nothing" })).rejects.toThrow("certRequestPem cannot be read; give it as PEM.");
    await expect(leaf({ caCertPem: "nothing" })).rejects.toThrow("caCertPem cannot be read; give it as PEM.");
    await expect(leaf({ caPrivateKeyPem: "nothing" })).rejects.toThrow("The private key cannot be read");
  });
});

describe("any certificate", () => {
  it("asks to be made anew when it is past its time", () => {
    const state = { validityEndTime: "2026-01-02T00:00:00Z", earlyRenewalHours: 12 };
    expect(readyForRenewal(state, new Date("2026-01-01T11:59:59Z"))).toBe(false);
    expect(readyForRenewal(state, new Date("2026-01-01T12:00:00Z"))).toBe(true);
    expect(selfSignedCert.expired?.(state, new Date("2026-01-01T12:00:00Z"))).toBe("readyForRenewal");
    expect(locallySignedCert.expired?.(state, new Date("2026-01-01T11:00:00Z"))).toBeUndefined();
  });

  it.each([
    [{ validityPeriodHours: -1 }, "validityPeriodHours must be a whole number of hours, zero or more."],
    [{ earlyRenewalHours: 1.5 }, "earlyRenewalHours must be a whole number of hours, zero or more."],
    [
      { allowedUses: ["serverAuth"] },
      "allowedUses has names that are no uses: serverAuth; write them like server_auth.",
    ],
  ])("refuses %j", (inputs, sentence) => {
    expect(Object.values(selfSignedCert.problems?.(inputs) ?? {})).toEqual([sentence]);
    expect(Object.values(locallySignedCert.problems?.(inputs) ?? {})).toEqual([sentence]);
  });

  it("keeps private keys secret", () => {
    for (const kind of [certRequest, selfSignedCert]) expect(kind.secrets).toContain("privateKeyPem");
    expect(locallySignedCert.secrets).toContain("caPrivateKeyPem");
  });
});
