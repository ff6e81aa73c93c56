/** A signature that nobody can verify is worse than none: DMARC then has nothing to go by. */
import { createPublicKey } from "node:crypto";
import type { StackValidationPolicy } from "@pulumi/policy";
import { word } from "../read/values.ts";
import { keyFor, type Signing, type SigningKey, signingsOf } from "./signing.ts";
import { forSystem } from "./system.ts";
import { isSameKey, publicKeyOf } from "./tags.ts";

export const requireDkimRecord: StackValidationPolicy = {
  name: "require-dkim-record",
  description: "The key that signs for each hosted domain is the one that DNS publishes (RFC 6376 section 3.6).",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps: "Publish the public half of the signing key at `<selector>._domainkey.<domain>`.",
  validateStack: forSystem(({ domains, releases, records }, report) => {
    const signers = releases.flatMap((release) => signingsOf(release).map((signing) => ({ signing, release })));
    for (const domain of domains) {
      for (const { signing, release } of signers) {
        const key = keyFor(signing, domain);
        if (key === undefined) continue;
        const name = `${key.selector}._domainkey.${key.domain}`;
        const published = records.at(name, "TXT").map((text) => publicKeyOf(text));
        const used = publicHalf(signing, key);
        if (published.length === 0)
          report(`${release.project} signs for ${domain}, but ${name} has no record; publish its key.`);
        else if (used !== undefined && !published.some((one) => one !== undefined && isSameKey(one, used))) {
          report(`${release.project} signs for ${domain} with another key than ${name} has; publish the key in use.`);
        }
      }
    }
  }),
};

function publicHalf({ workload }: Signing, { file }: SigningKey): ReturnType<typeof createPublicKey> | undefined {
  const pem = file === undefined ? "" : word(workload.secretFiles[file]);
  return pem.includes("PRIVATE KEY") ? createPublicKey(pem) : undefined;
}
