/** Who verifies the server, by DANE or MTA-STS, looks for its name in the certificate. */
import type { StackValidationPolicy } from "@pulumi/policy";
import { word } from "../read/values.ts";
import { namesOf, REQUEST, shownRequests } from "./certificates.ts";
import { forSystem } from "./system.ts";

export const requireCertificateName: StackValidationPolicy = {
  name: "require-certificate-name",
  description:
    "The certificate that a site asks for, or has of the stack's own authority, has the site's HELO name in it.",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps: "Add the host name to the `dnsNames` of the site's certificate request.",
  validateStack: forSystem(({ hosts, resources }, report) => {
    for (const { hostname, release } of hosts) {
      const requests = release.workloads.flatMap((workload) => shownRequests(workload, resources));
      if (requests.length === 0)
        report(
          `${release.project} (${hostname}) asks for no certificate, and has none of the stack's own authority; give it a csr.pem.`,
        );
      for (const pem of requests) {
        const made = resources.find(({ type, props }) => type === REQUEST && word(props["certRequestPem"]) === pem);
        const names = made === undefined ? [] : namesOf(made.props);
        if (!names.includes(hostname)) {
          const found = names.length === 0 ? "is none that this stack made" : `is for ${names.join(", ")}`;
          report(`the certificate request of ${release.project} ${found}, not for ${hostname}; add that name.`);
        }
      }
    }
  }),
};
