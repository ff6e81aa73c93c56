/** A filter or signer that is away must make senders wait, not let mail through unfiltered or unsigned. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { CARRY_PORTS } from "../read/carry.ts";
import { listOf, type Postfix, postfixOf, smtpListeners } from "../read/postfix.ts";
import { eachWorkload } from "../read/release.ts";

export const requireMilterTempfail: ResourceValidationPolicy = {
  name: "require-milter-tempfail",
  description:
    "What strangers and users send goes through milters, and where one is away Postfix answers with a temporary failure.",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps:
    "Name the milters in `smtpd_milters`, set `milter_default_action = tempfail`, and give no milter another action of its own.",
  validateResource: eachWorkload((workload, report) => {
    const postfix = postfixOf(workload);
    if (postfix === undefined) return;
    const places = [{ name: "main.cf", parameter: postfix.parameter }, ...smtpListeners(postfix)];
    for (const { name, parameter } of places) {
      if ((parameter("smtpd_milter_maps") ?? "") !== "")
        report(`${name} has smtpd_milter_maps, by which some clients' mail passes without a milter; take it out.`);
      if (isForStrangers(name, parameter) && listOf(parameter("smtpd_milters") ?? "").length === 0)
        report(
          `${name} has no milters, so what comes in there is neither filtered nor signed; name them in smtpd_milters.`,
        );
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

/** The edge leads there, by a PROXY header, whoever connects, but for other sites, which have filtered what they send on. */
function isForStrangers(name: string, parameter: Postfix["parameter"]): boolean {
  const port = Number(name.slice(name.lastIndexOf(":") + 1));
  return name !== "main.cf" && (parameter("smtpd_upstream_proxy_protocol") ?? "") !== "" && !CARRY_PORTS.has(port);
}
