/** `tls.SelfSignedCert`: a certificate that its own key signs, such as the private CA's. */
import { type Kind, text, texts } from "../protocol/kind.ts";
import { unknownUses } from "./usages.ts";
import { ages, validityFrom, validityOutputs, validityProblems } from "./validity.ts";

/** A certificate whose subject, names, uses and times its inputs have. */
export const selfSignedCert: Kind = {
  inputs: {
    allowedUses: undefined,
    dnsNames: undefined,
    ipAddresses: undefined,
    uris: undefined,
    subject: undefined,
    privateKeyPem: undefined,
    privateKeyPemWo: undefined,
    privateKeyPemWoVersion: undefined,
    validityPeriodHours: undefined,
    earlyRenewalHours: 0,
    isCaCertificate: false,
    maxPathLength: -1,
    setSubjectKeyId: false,
    setAuthorityKeyId: false,
  },
  required: ["allowedUses", "validityPeriodHours", "privateKeyPem"],
  updatable: ["earlyRenewalHours"],
  secrets: ["privateKeyPem", "privateKeyPemWo"],
  problems: (inputs) => ({ ...validityProblems(inputs), ...useProblems(texts(inputs, "allowedUses")) }),
  ...ages,
  create: async (inputs) => {
    const { makeSelfSigned } = await import("./certificates.ts");
    const validity = validityFrom(inputs, new Date());
    const made = await makeSelfSigned(inputs, text(inputs, "privateKeyPem"), validity);
    return {
      id: made.id,
      outputs: { certPem: made.certPem, keyAlgorithm: made.keyAlgorithm, ...validityOutputs(inputs, validity) },
    };
  },
};

/** A sentence about names in `allowedUses` that are no uses. */
export function useProblems(uses: readonly string[]): Record<string, string> {
  const unknown = unknownUses(uses);
  return unknown.length === 0
    ? {}
    : { allowedUses: `allowedUses has names that are no uses: ${unknown.join(", ")}; write them like server_auth.` };
}
