/** A program with the set-user-ID bit must not give back what was taken away. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { eachWorkload } from "../read/release.ts";
import { words } from "../read/values.ts";

export const requireNoNewPrivileges: ResourceValidationPolicy = {
  name: "require-no-new-privileges",
  description: "No process of a workload can gain privileges.",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps: "Add `no-new-privileges:true` to `security_opt`.",
  validateResource: eachWorkload(({ service }, report) => {
    const options = words(service["security_opt"]);
    const said = options.filter((option) => option.startsWith("no-new-privileges"));
    if (said.length === 0 || !said.every((option) => /^no-new-privileges([:=]true)?$/.test(option))) {
      const found = options.length === 0 ? "empty" : options.join(", ");
      report(`its security_opt is ${found}; add no-new-privileges:true.`);
    }
  }),
};
