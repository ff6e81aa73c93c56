/** `tls.LocallySignedCert`: a certificate for a request, signed by a CA whose key is at hand. */
import { type Kind, text, texts } from "../protocol/kind.ts";
import { useProblems } from "./self-signed-cert.ts";
import { ages, validityFrom, validityOutputs, validityProblems } from "./validity.ts";

/** A certificate whose names the request has, and whose uses and times the inputs. */
export const locallySignedCert: Kind = {
  inputs: {
    allowedUses: undefined,
    caCertPem: undefined,
    caPrivateKeyPem: undefined,
    caPrivateKeyPemWo: undefined,
    caPrivateKeyPemWoVersion: undefined,
    certRequestPem: undefined,
    validityPeriodHours: undefined,
    earlyRenewalHours: 0,
    isCaCertificate: false,
    maxPathLength: -1,
    setSubjectKeyId: false,
  },
  required: ["allowedUses", "caCertPem", "caPrivateKeyPem", "certRequestPem", "validityPeriodHours"],
  updatable: ["earlyRenewalHours"],
  secrets: ["caPrivateKeyPem", "caPrivateKeyPemWo"],
  problems: (inputs) => ({ ...validityProblems(inputs), ...useProblems(texts(inputs, "allowedUses")) }),
  ...ages,
  create: async (inputs) => {
    const { makeLocallySigned } = await import("./certificates.ts");
    const validity = validityFrom(inputs, new Date());
    const made = await makeLocallySigned(inputs, {
      certificate: text(inputs, "caCertPem"),
      key: text(inputs, "caPrivateKeyPem"),
      request: text(inputs, "certRequestPem"),
      validity,
    });
    return {
      id: made.id,
      outputs: { certPem: made.certPem, caKeyAlgorithm: made.keyAlgorithm, ...validityOutputs(inputs, validity) },
    };
  },
};
