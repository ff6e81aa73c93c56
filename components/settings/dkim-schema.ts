/** Which DKIM keys sign and which are published besides. */
import { z } from "zod";
import { dnsLabel } from "./forms.ts";

const selectors = z.array(dnsLabel).max(3).default([]);

/** The same for a hosted domain and for the sites' own. */
export const dkimKeys = {
  dkimSelector: dnsLabel.default("s1").describe("Selector of the RSA key that signs (RFC 6376 section 3.1)."),
  dkimStandby: selectors.describe(
    "Selectors whose keys are published and do not sign: the next one, and the last while mail is under way.",
  ),
  dkimRetired: selectors.describe(
    "Selectors that are no more: their records say that the key was revoked (RFC 6376 section 3.6.1).",
  ),
  ed25519Selector: dnsLabel
    .default("e1")
    .describe("Selector of the Ed25519 key that signs too where `dkim.ed25519` is set (RFC 8463)."),
  ed25519Standby: selectors.describe("As `dkimStandby`, for Ed25519."),
  ed25519Retired: selectors.describe("As `dkimRetired`, for Ed25519."),
};

const infrastructureSchema = z.strictObject(dkimKeys);

/** The settings' `dkim`. */
export const dkimSchema = z.strictObject({
  ed25519: z
    .boolean()
    .default(false)
    .describe(
      "Sign every message with an Ed25519 key as well (RFC 8463). Off, because hardly any receiver wants it today: " +
        "several call it a failed signature in their DMARC reports, beside the RSA one that passes.",
    ),
  infrastructure: infrastructureSchema
    .default(() => infrastructureSchema.parse({}))
    .describe(
      "Keys of the sites' own domain, which bounces and seals are signed with; if it is hosted, it has them there.",
    ),
});

/** The part of a domain's settings that names its keys. */
export type DkimKeys = z.infer<typeof infrastructureSchema>;
