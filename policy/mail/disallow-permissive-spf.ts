/** An SPF record that lets everybody send, or says nothing of them, protects nobody. */
import type { StackValidationPolicy } from "@pulumi/policy";
import { meaningOf, spfTexts } from "./spf.ts";
import { forSystem } from "./system.ts";

export const disallowPermissiveSpf: StackValidationPolicy = {
  name: "disallow-permissive-spf",
  description: "The SPF record of each domain and HELO name ends in `-all` or `~all`.",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps: "End the record in `-all`.",
  validateStack: forSystem(({ domains, hosts, records }, report) => {
    for (const name of new Set([...domains, ...hosts.map(({ hostname }) => hostname)])) {
      if (spfTexts(records, name).length === 0) continue;
      const { rest } = meaningOf(records, name);
      if (rest === undefined) report(`the SPF record of ${name} says nothing of other senders; end it in -all.`);
      if (rest === "+" || rest === "?")
        report(`the SPF record of ${name} ends in ${rest}all, so anyone passes; use -all.`);
    }
  }),
};
