/** A short key can be computed from its public half, and then anyone signs as the domain. */
import type { StackValidationPolicy } from "@pulumi/policy";
import { forSystem } from "./system.ts";
import { publicKeyOf, tagsOf } from "./tags.ts";

interface Config {
  readonly minimumBits: number;
}

export const disallowWeakDkimKey: StackValidationPolicy = {
  name: "disallow-weak-dkim-key",
  description: "Each DKIM key of a hosted domain is RSA of 2048 bits or more, or Ed25519 (RFC 8301, RFC 8463).",
  enforcementLevel: "mandatory",
  severity: "high",
  configSchema: {
    properties: {
      minimumBits: { type: "integer", minimum: 2048, default: 2048, description: "Fewest bits of an RSA key." },
    },
  },
  remediationSteps: "Make a new key of 2048 bits or more under another selector, publish it, then sign with it.",
  validateStack: forSystem(({ domains, records }, report, args) => {
    const { minimumBits } = args.getConfig<Config>();
    const below = (owner: string): boolean => domains.some((domain) => owner.endsWith(`._domainkey.${domain}`));
    for (const { owner, value } of records.all.filter(({ type, owner }) => type === "TXT" && below(owner))) {
      // An empty key is a revoked one, RFC 6376 section 3.6.1.
      if ((tagsOf(value).get("p") ?? "") === "" && tagsOf(value).has("p")) continue;
      const key = publicKeyOf(value);
      const bits = key?.asymmetricKeyDetails?.modulusLength;
      if (key === undefined)
        report(`${owner} holds no key that can be read (${value.slice(0, 40)}…); publish a whole one.`);
      else if (key.asymmetricKeyType !== "ed25519" && (bits ?? 0) < minimumBits) {
        report(
          `${owner} has a key of ${bits ?? 0} bits, fewer than ${minimumBits}; make a longer one under a new selector.`,
        );
      }
    }
  }),
};
