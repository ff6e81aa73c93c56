/** Mail that lies at one place only goes with its disk. */
import type { StackValidationPolicy } from "@pulumi/policy";
import { holdsMail } from "../read/dovecot.ts";
import { fileOf } from "../read/release.ts";
import { PRODUCTION, type Production } from "../read/stack.ts";
import { forSystem } from "./system.ts";

export const requireRedundantMaildrops: StackValidationPolicy = {
  name: "require-redundant-maildrops",
  description: "In production two sites or more store mailboxes.",
  // Settings cannot have a second one yet, and no stack is to be refused for what nobody can set.
  enforcementLevel: "advisory",
  severity: "high",
  configSchema: { properties: PRODUCTION },
  remediationSteps:
    "A second site with the role maildrop cannot be set yet. Until then keep backups of the disk that the mail is on.",
  validateStack: forSystem((system, report, args) => {
    if (!args.getConfig<Production>().production.includes(system.stack) || system.hosts.length === 0) return;
    const { releases } = system;
    const stores = releases.filter(({ workloads }) =>
      workloads.some((workload) => {
        const dovecot = fileOf(workload, "dovecot.conf");
        return dovecot !== undefined && holdsMail(dovecot);
      }),
    );
    if (stores.length < 2) {
      const names = stores.map(({ project }) => project).join(", ") || "no site";
      report(`mailboxes are stored by ${names} alone; give a second site the role maildrop.`);
    }
  }),
};
