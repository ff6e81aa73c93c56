/** A schema's complaints as sentences that say where. */
import type * as z from "zod";

type Issue = z.core.$ZodIssue;

/** One for each complaint. */
export function sentences(error: z.ZodError): readonly string[] {
  return error.issues.flatMap((issue) => describe(issue, []));
}

function describe(issue: Issue, above: readonly PropertyKey[]): readonly string[] {
  const path = [...above, ...issue.path];
  // Where several forms are allowed, the one that nearly fits is most likely meant.
  const nearest =
    issue.code === "invalid_union" ? [...issue.errors].sort((a, b) => weight(a) - weight(b))[0] : undefined;
  if (nearest !== undefined && nearest.length > 0) return nearest.flatMap((inner) => describe(inner, path));
  return [`${place(path)}: ${expectation(issue)}.`];
}

/** A form whose keys are others is further away than one with a wrong value. */
function weight(issues: readonly Issue[]): number {
  return issues.reduce((sum, { code }) => sum + (code === "unrecognized_keys" || code === "invalid_type" ? 10 : 1), 0);
}

function place(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  return text === "" ? "The whole" : text.replace(/^\./, "");
}

/** zod's own messages are terse; those of refinements in our schemas describe what is wanted. */
function expectation(issue: Issue): string {
  if (issue.code === "custom") return `wanted is ${issue.message}`;
  if (issue.code === "unrecognized_keys") return `${issue.keys.join(", ")} is not known here; take it out`;
  return issue.message;
}
