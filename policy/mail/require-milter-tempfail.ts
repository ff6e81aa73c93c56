/** A filter or signer that is away must make senders wait, not let mail through unfiltered or unsigned. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { listOf, postfixOf, smtpListeners } from "../read/postfix.ts";
import { eachWorkload } from "../read/release.ts";

export const requireMilterTempfail: ResourceValidationPolicy = {
  name: "require-milter-tempfail",
  description: "Where a milter is away Postfix answers with a temporary failure.",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps: "Set `milter_default_action = tempfail`, and give no milter another action of its own.",
  validateResource: eachWorkload((workload, report) => {
    const postfix = postfixOf(workload);
    if (postfix === undefined) return;
    const places = [{ name: "main.cf", parameter: postfix.parameter }, ...smtpListeners(postfix)];
    for (const { name, parameter } of places) {
      const milters = ["smtpd_milters", "non_smtpd_milters"].flatMap((key) => listOf(parameter(key) ?? ""));
      if (milters.length === 0) continue;
      const action = parameter("milter_default_action");
      // `quarantine` and `shutdown` lose nothing either, but the one holds mail unseen, and the other drops the line.
      if (action !== "tempfail") {
        report(`${name} has milter_default_action = ${action ?? "not set"}; set it to tempfail.`);
      }
      for (const milter of milters) {
        const [, own] = /default_action\s*=\s*([a-z]+)/.exec(milter) ?? [];
        if (own !== undefined && own !== "tempfail")
          report(`${name} has the milter ${milter}; its action must be tempfail.`);
      }
    }
  }),
};
