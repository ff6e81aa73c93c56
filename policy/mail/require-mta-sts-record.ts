/** Nobody fetches a policy that no record tells of. */
import type { StackValidationPolicy } from "@pulumi/policy";
import { fileOf } from "../read/release.ts";
import { forSystem } from "./system.ts";

export const requireMtaStsRecord: StackValidationPolicy = {
  name: "require-mta-sts-record",
  description:
    "Each domain whose MTA-STS policy the sites serve has one record that tells of it (RFC 8461 section 3.1).",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps: "Let mailkeep make record and policy from the domain's `mtaSts`, or take the policy out.",
  validateStack: forSystem(({ releases, records }, report) => {
    const maps = releases.flatMap(({ workloads }) => workloads.map((one) => fileOf(one, "web/mta-sts.map") ?? ""));
    // Each line is a domain and the mode of its policy.
    const served = maps.flatMap((map) => map.split("\n")).flatMap((line) => /^(\S+) \S+$/.exec(line)?.[1] ?? []);
    for (const domain of new Set(served)) {
      const name = `_mta-sts.${domain}`;
      const texts = records.at(name, "TXT").filter((text) => /^v=STSv1\s*;/.test(text));
      if (texts.length !== 1)
        report(
          `the sites serve an MTA-STS policy for ${domain}, and ${name} has ${texts.length} records of it; publish one.`,
        );
    }
  }),
};
