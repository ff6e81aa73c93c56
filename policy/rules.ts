/** The rules of all packs. Their names differ, so that one configuration file serves all of them. */
import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { rules as mail } from "./mail/rules.ts";
import { rules as network } from "./network/rules.ts";
import { rules as workload } from "./workload/rules.ts";

/** What `policy/index.ts` makes a pack of. */
export const allRules: readonly (ResourceValidationPolicy | StackValidationPolicy)[] = [
  ...network,
  ...mail,
  ...workload,
];
