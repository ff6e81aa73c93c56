/** Mail of a domain without a key of its own is refused by the last guard, or leaves unsigned. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { forRelease } from "../read/release.ts";
import { directoryOf } from "./directory.ts";
import { keyFor, signingsOf } from "./signing.ts";

export const requireSigningOfHostedDomains: ResourceValidationPolicy = {
  name: "require-signing-of-hosted-domains",
  description:
    "Each signer of a site signs for every domain that its directory hosts, with a key of that domain or of one above it, and one of them with RSA.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps: "Add the domain to OpenDKIM's signing table and a key for it to the key table.",
  validateResource: forRelease((release, report) => {
    const signings = signingsOf(release);
    if (signings.length > 0 && !signings.some(({ algorithm }) => algorithm.startsWith("rsa-")))
      report(`${release.project} signs without RSA, which many receivers do not verify; sign with an RSA key as well.`);
    for (const { name } of signings.length === 0 ? [] : (directoryOf(release)?.domains ?? [])) {
      for (const signing of signings) {
        const key = keyFor(signing, name);
        const table = `signing table for ${signing.algorithm}`;
        if (key === undefined)
          report(`${release.project} hosts ${name}, but its ${table} has no line for it; add one.`);
        else if (name !== key.domain && !name.endsWith(`.${key.domain}`)) {
          report(
            `${release.project} signs for ${name} as ${key.domain}, which DMARC does not take for the same; use a key of ${name}.`,
          );
        }
      }
    }
  }),
};
