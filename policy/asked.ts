/** Which rules are asked in a run. */
import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";

/** Variable with the sites that a run takes away. */
export const LEAVING = "MAILKEEP_LEAVING";

type Rule = ResourceValidationPolicy | StackValidationPolicy;

/**
 * The engine shows rules about a whole stack what is on its way out, and they would miss its records: in a run that takes a site
 * away they keep silent, and are asked in the next one. Their names stay, since a stack's configuration may have some of them.
 */
export function asked(rules: readonly Rule[], environment: NodeJS.ProcessEnv = process.env): readonly Rule[] {
  if ((environment[LEAVING] ?? "") === "") return rules;
  return rules.map((rule) => ("validateStack" in rule ? { ...rule, validateStack: () => undefined } : rule));
}
