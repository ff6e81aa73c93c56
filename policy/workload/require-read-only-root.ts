/** What cannot be written to cannot be changed by an intruder, nor grow until the disk is full. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { eachWorkload } from "../read/release.ts";
import { word, words } from "../read/values.ts";

export const requireReadOnlyRoot: ResourceValidationPolicy = {
  name: "require-read-only-root",
  description: "A workload's root file system is read-only, and its folders in memory have a size.",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps: "Set `read_only: true`, and give what must be written a volume or a folder in memory with a size.",
  validateResource: eachWorkload(({ service }, report) => {
    if (service["read_only"] !== true) report("its root file system can be written to; set read_only to true.");
    const folders = [word(service["tmpfs"]), ...words(service["tmpfs"])].filter((one) => one !== "");
    // A size of 0 is no limit.
    for (const folder of folders.filter((one) => !/[:,]size=[1-9]/.test(one))) {
      report(`its folder ${folder} in memory has no size, so it may take half of the machine's; add size=.`);
    }
  }),
};
