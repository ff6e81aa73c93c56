/** Whoever takes the key of a wildcard's certificate from one server poses as every name beside it. */
import type { StackValidationPolicy } from "@pulumi/policy";
import { certifiedNames } from "./certificates.ts";
import { forSystem } from "./system.ts";

export const disallowWildcardCertificate: StackValidationPolicy = {
  name: "disallow-wildcard-certificate",
  description: "Sites ask for certificates by whole names, for MX targets and mail programs' names as for all others.",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps: "Name each host in the `dnsNames` of the site's certificate request.",
  validateStack: forSystem(({ releases, resources }, report) => {
    for (const release of releases) {
      const wild = certifiedNames(release, resources).filter((name) => name.includes("*"));
      if (wild.length > 0)
        report(`${release.project} asks for a certificate for ${wild.join(", ")}; name each host instead.`);
    }
  }),
};
