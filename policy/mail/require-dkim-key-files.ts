/** A line of the signing table whose key is not there is mail that waits, or leaves unsigned. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { forRelease, reportOf } from "../read/release.ts";
import { signingsOf } from "./signing.ts";

export const requireDkimKeyFiles: ResourceValidationPolicy = {
  name: "require-dkim-key-files",
  description: "Each line of OpenDKIM's signing table leads to a key that is among the workload's secret files.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps: "Add the key to the key table and to `secretFiles`, or take the line out of the signing table.",
  validateResource: forRelease((release, report) => {
    for (const { workload, lines, keys } of signingsOf(release)) {
      const tell = reportOf(workload, release, report);
      for (const { pattern, key } of lines) {
        const found = keys.get(key);
        if (found === undefined)
          tell(`the signing table has ${key} for ${pattern}, which the key table lacks; add it.`);
        else if (found.file === undefined || !(found.file in workload.secretFiles)) {
          tell(`the key ${found.path} for ${pattern} is not among its secret files; add it there.`);
        }
      }
    }
  }),
};
