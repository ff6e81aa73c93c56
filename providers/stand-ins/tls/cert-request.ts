/** `tls.CertRequest`: a PKCS#10 request, RFC 2986. */
import { type Kind, text } from "../protocol/kind.ts";

/** A request with the subject and names of its inputs. */
export const certRequest: Kind = {
  inputs: {
    dnsNames: undefined,
    ipAddresses: undefined,
    uris: undefined,
    subject: undefined,
    privateKeyPem: undefined,
    privateKeyPemWo: undefined,
    privateKeyPemWoVersion: undefined,
  },
  required: ["privateKeyPem"],
  secrets: ["privateKeyPem", "privateKeyPemWo"],
  create: async (inputs) => {
    const { makeRequest } = await import("./certificates.ts");
    const made = await makeRequest(inputs, text(inputs, "privateKeyPem"));
    return { id: made.id, outputs: { certRequestPem: made.certPem, keyAlgorithm: made.keyAlgorithm } };
  },
};
