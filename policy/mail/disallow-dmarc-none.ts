/** `p=none` is for watching; in production forged mail must not be delivered. */
import type { StackValidationPolicy } from "@pulumi/policy";
import { PRODUCTION, type Production } from "../read/stack.ts";
import { dmarcOf, isDmarc } from "./dmarc.ts";
import { forSystem } from "./system.ts";
import { tagsOf } from "./tags.ts";

export const disallowDmarcNone: StackValidationPolicy = {
  name: "disallow-dmarc-none",
  description:
    "In production no domain has the DMARC policy `none`, for itself or names below it, and none asks for a part of its policy.",
  enforcementLevel: "mandatory",
  severity: "high",
  configSchema: { properties: PRODUCTION },
  remediationSteps: "Set the domain's `dmarcPolicy` to quarantine or reject.",
  validateStack: forSystem((system, report, args) => {
    if (!args.getConfig<Production>().production.includes(system.stack)) return;
    const { domains, records } = system;
    const told = new Set<string>();
    for (const domain of domains) {
      const found = dmarcOf(records, domain);
      if (found?.policy !== "none") continue;
      told.add(found.name);
      report(`${found.name} says none for ${domain}; use quarantine or reject.`);
    }
    for (const { owner, type, value } of records.all) {
      if (type !== "TXT" || !owner.startsWith(DMARC) || !isDmarc(value) || told.has(owner)) continue;
      const tags = tagsOf(value);
      if (tags.get("p")?.toLowerCase() === "none") report(`${owner} says none; use quarantine or reject.`);
      for (const tag of ["sp", "np"])
        if (tags.get(tag)?.toLowerCase() === "none")
          report(`${owner} says none for names below it (${tag}=none); use quarantine or reject, or take it out.`);
      for (const part of partsOf(tags))
        report(`${owner} has ${part}, by which receivers do less than it says; take it out.`);
    }
  }),
};

const DMARC = "_dmarc.";

/** `t=y` is for trials (RFC 9989); `pct` is the older way to the same, which some still heed. */
function partsOf(tags: ReturnType<typeof tagsOf>): string[] {
  const [trial, share] = [tags.get("t"), tags.get("pct")];
  return [
    ...(trial?.toLowerCase() === "y" ? ["t=y"] : []),
    ...(share !== undefined && Number(share) !== 100 ? [`pct=${share}`] : []),
  ];
}
