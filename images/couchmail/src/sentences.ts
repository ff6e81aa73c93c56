/** A schema's complaints as sentences that say where. */
import type { z } from "zod";

export function sentences(error: z.ZodError): readonly string[] {
  return error.issues.map((issue) => {
    const where = issue.path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
    return `${where === "" ? "The whole" : where.replace(/^\./, "")}: ${expectation(issue)}.`;
  });
}

/** zod's own messages are terse; those of refinements in our schemas describe what is wanted. */
function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === "custom") return `wanted is ${issue.message}`;
  if (issue.code === "unrecognized_keys") return `${issue.keys.join(", ")} is not known here; take it out`;
  if (issue.code === "invalid_union") return "none of the allowed forms fits; see /api/v1/openapi.json";
  return issue.message;
}
