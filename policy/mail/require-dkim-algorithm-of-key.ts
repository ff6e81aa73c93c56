/**
 * OpenDKIM signs with the one algorithm that it is told, whatever kind of key it finds: as Ed25519 with an RSA key it makes
 * signatures that nobody can verify, and the other way round it refuses all mail.
 */
import { createPrivateKey } from "node:crypto";
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { forRelease, reportOf } from "../read/release.ts";
import { word } from "../read/values.ts";
import { signingsOf } from "./signing.ts";

export const requireDkimAlgorithmOfKey: ResourceValidationPolicy = {
  name: "require-dkim-algorithm-of-key",
  description: "Each key of a signer is of the kind that its `SignatureAlgorithm` names (RFC 6376, RFC 8463).",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps: "Give each kind of key a signer of its own, with the `SignatureAlgorithm` that fits.",
  validateResource: forRelease((release, report) => {
    for (const { workload, algorithm, keys } of signingsOf(release)) {
      const tell = reportOf(workload, release, report);
      for (const { domain, selector, file } of keys.values()) {
        const kind = kindOf(file === undefined ? "" : word(workload.secretFiles[file]));
        if (kind !== undefined && !algorithm.startsWith(`${kind}-`))
          tell(`the key of ${selector}._domainkey.${domain} is of the kind ${kind}, and it signs with ${algorithm}.`);
      }
    }
  }),
};

/** Undefined for one that is not there, or not known yet. */
function kindOf(pem: string): string | undefined {
  return pem.includes("PRIVATE KEY") ? createPrivateKey(pem).asymmetricKeyType : undefined;
}
