/** Somebody must read what other administrators write to. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { listOption } from "../options.ts";
import { forRelease } from "../read/release.ts";
import { directoryOf, reached } from "./directory.ts";

interface Config {
  readonly roles: readonly string[];
}

export const requireRoleAddresses: ResourceValidationPolicy = {
  name: "require-role-addresses",
  description: "The role addresses of each hosted domain reach a person (RFC 2142, RFC 5321 section 4.5.1).",
  enforcementLevel: "mandatory",
  severity: "medium",
  configSchema: {
    properties: {
      roles: listOption("Names that must reach a person in each domain.", ["postmaster", "hostmaster", "abuse"]),
    },
  },
  remediationSteps: "Add an alias for the address whose targets are mailboxes of people, and that discards nothing.",
  validateResource: forRelease((release, report, args) => {
    const directory = directoryOf(release);
    if (directory === undefined) return;
    for (const { name } of directory.domains) {
      for (const address of args.getConfig<Config>().roles.map((role) => `${role}@${name}`)) {
        if (reached(directory, address).length === 0) {
          report(`${release.project}: ${address} reaches nobody; add an alias with a target who reads it.`);
        }
      }
    }
  }),
};
