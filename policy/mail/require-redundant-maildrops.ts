/** Mail that lies at one place only goes with its disk. */
import type { StackValidationPolicy } from "@pulumi/policy";
import { fileOf } from "../read/release.ts";
import { PRODUCTION, type Production } from "../read/stack.ts";
import { forSystem } from "./system.ts";

export const requireRedundantMaildrops: StackValidationPolicy = {
  name: "require-redundant-maildrops",
  description: "In production two sites or more store mailboxes.",
  enforcementLevel: "mandatory",
  severity: "high",
  configSchema: { properties: PRODUCTION },
  remediationSteps: "Give a second site the role maildrop.",
  validateStack: forSystem(({ stack, releases, hosts }, report, args) => {
    if (hosts.length === 0 || !args.getConfig<Production>().production.includes(stack)) return;
    const stores = releases.filter(({ workloads }) =>
      workloads.some((workload) => fileOf(workload, "dovecot.conf") !== undefined),
    );
    if (stores.length < 2) {
      const names = stores.map(({ project }) => project).join(", ") || "no site";
      report(`mailboxes are stored by ${names} alone; give a second site the role maildrop.`);
    }
  }),
};
