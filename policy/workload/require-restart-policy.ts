/** After a crash, and after the machine started anew, mail goes on by itself. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { eachWorkload } from "../read/release.ts";
import { word } from "../read/values.ts";

const RESTARTING: ReadonlySet<string> = new Set(["always", "unless-stopped"]);

export const requireRestartPolicy: ResourceValidationPolicy = {
  name: "require-restart-policy",
  description: "A workload is started again whenever it ended.",
  enforcementLevel: "mandatory",
  severity: "medium",
  remediationSteps: "Set `restart` to `always`.",
  validateResource: eachWorkload(({ service }, report) => {
    const restart = word(service["restart"]);
    if (!RESTARTING.has(restart)) report(`its restart is ${restart === "" ? "not set" : restart}; set it to always.`);
  }),
};
