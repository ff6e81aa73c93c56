/** A daemon that runs and does not answer is down, and somebody must notice. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { eachWorkload } from "../read/release.ts";
import { fields, words } from "../read/values.ts";

/** A command that is content with anything. */
const SAYS_YES = /^(CMD(-SHELL)? )?((\/usr)?(\/bin\/))?(true|:|exit 0)$/;

export const requireHealthCheck: ResourceValidationPolicy = {
  name: "require-health-check",
  description: "A workload has a health check.",
  enforcementLevel: "mandatory",
  severity: "medium",
  remediationSteps: "Let the image begin with the keeper, and set `healthcheck.test` to `[CMD, /keeper, healthy]`.",
  validateResource: eachWorkload(({ service }, report) => {
    const check = fields(service["healthcheck"]);
    const test = typeof check["test"] === "string" ? [check["test"]] : words(check["test"]);
    if (check["disable"] === true || test.length === 0 || test[0] === "NONE" || SAYS_YES.test(test.join(" "))) {
      const found = check["disable"] === true ? "switched off" : test.length === 0 ? "not set" : test.join(" ");
      report(`its health check is ${found}; ask the keeper, as in [CMD, /keeper, healthy].`);
    }
  }),
};
