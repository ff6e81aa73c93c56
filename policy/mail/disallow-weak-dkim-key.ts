/** A short key can be computed from its public half, and then anyone signs as the domain. */
import type { StackValidationPolicy } from "@pulumi/policy";
import { forSystem } from "./system.ts";
import { publicKeyOf, tagsOf } from "./tags.ts";

interface Config {
  readonly minimumBits: number;
}

export const disallowWeakDkimKey: StackValidationPolicy = {
  name: "disallow-weak-dkim-key",
  description:
    "Each DKIM key of a hosted domain is RSA of 2048 bits or more, or Ed25519 (RFC 8301, RFC 8463), and counts for mail.",
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
      for (const problem of tagProblems(tagsOf(value))) report(`${owner} has ${problem}.`);
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

/** What makes a whole key worth nothing to receivers, RFC 6376 section 3.6.1. */
function tagProblems(tags: ReturnType<typeof tagsOf>): string[] {
  const list = (tag: string): readonly string[] => (tags.get(tag) ?? "").toLowerCase().split(/\s*:\s*/);
  const [version, hashes, services] = [tags.get("v"), list("h"), list("s")];
  return [
    ...(version !== undefined && version !== "DKIM1"
      ? [`v=${version}, which receivers do not know; write v=DKIM1`]
      : []),
    ...(list("t").includes("y") ? ["t=y, by which receivers treat signed mail like unsigned; take it out"] : []),
    ...(tags.has("h") && !hashes.includes("sha256")
      ? [`h=${hashes.join(":")}, and mail is signed with sha256; take it out`]
      : []),
    ...(tags.has("s") && !services.some((one) => one === "*" || one === "email")
      ? [`s=${services.join(":")}, which is not for mail; take it out`]
      : []),
  ];
}
