/** Where certificates come from. */
import { X509Certificate } from "node:crypto";
import { z } from "zod";
import { domainName, mailboxAddress } from "../directory/schema.ts";

const CERTIFICATE = "a certificate in PEM, -----BEGIN CERTIFICATE-----";

function isCertificate(text: string): boolean {
  try {
    new X509Certificate(text);
    return text.includes("-----BEGIN CERTIFICATE-----");
  } catch {
    return false;
  }
}

const DIRECTORY = "local, private, or an https URL such as https://acme.example/directory";

/** The settings' `acme`. */
export const acmeSchema = z.strictObject({
  directory: z
    .union([z.enum(["local", "private"]), z.url({ protocol: /^https$/, error: DIRECTORY })], { error: DIRECTORY })
    .meta({ allowed: DIRECTORY })
    .default("local")
    .describe(
      "ACME directory (RFC 8555) that certificates are asked from; `local` is the one in the local world. With `private` nobody is " +
        "asked: certificates come from the stack's own authority, which lives in its state. Whoever is to believe them has to be " +
        "given its certificate (`npm run mailkeep -- authority`), so this is for the mail of those whose devices you look after.",
    ),
  directoryCa: z
    .string()
    .refine(isCertificate, { error: CERTIFICATE })
    .optional()
    .meta({ allowed: CERTIFICATE })
    .describe(
      "Certificate (PEM) of the authority that the directory's own certificate comes from, where that is no public one, such as " +
        "that of an ACME server of one's own.",
    ),
  email: mailboxAddress
    .optional()
    .describe("Contact of the ACME account. Without it: hostmaster@ of the infrastructure domain."),
  issuer: domainName
    .optional()
    .describe(
      "What the authority calls itself in CAA records (RFC 8659). Known for `local` and Let's Encrypt; " +
        "otherwise there are no CAA records without it.",
    ),
  proof: z
    .enum(["dns", "http"])
    .optional()
    .describe(
      "How sites prove that names are ours (RFC 8555 section 8): `dns`, by records at the provider of their own zone, for which " +
        "they need one of `dnsTokens`; `http`, by an answer on port 80, for which all names have to lead here. Without it: " +
        "`dns` where a provider serves that zone, else `http`.",
    ),
  account: z
    .url({ protocol: /^https$/ })
    .optional()
    .describe(
      "URI of the ACME account, when no other may have certificates for the sites' names (RFC 8657). All sites share one, and the " +
        "log of each one's workload `certs` says its URI whenever there is a new certificate.",
    ),
});
