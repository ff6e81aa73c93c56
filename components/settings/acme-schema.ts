/** Where certificates come from. */
import { z } from "zod";
import { domainName, mailboxAddress } from "../directory/schema.ts";

const DIRECTORY = "local, or an https URL such as https://acme.example/directory";

export const acmeSchema = z.strictObject({
  directory: z
    .union([z.literal("local"), z.url({ protocol: /^https$/, error: DIRECTORY })], { error: DIRECTORY })
    .meta({ allowed: DIRECTORY })
    .default("local")
    .describe("ACME directory (RFC 8555) that certificates are asked from; `local` is the one in the local world."),
  email: mailboxAddress
    .optional()
    .describe("Contact of the ACME account. Without it: hostmaster@ of the infrastructure domain."),
  issuer: domainName
    .optional()
    .describe(
      "What the authority calls itself in CAA records (RFC 8659). Known for `local` and Let's Encrypt; " +
        "otherwise there are no CAA records without it.",
    ),
  account: z
    .url({ protocol: /^https$/ })
    .optional()
    .describe("URI of the ACME account, when no other may have certificates for the sites' names (RFC 8657)."),
});
