/** Options of rules, as a stack's `policy.<stack>.json` sets them. */
import type { PolicyConfigSchema } from "@pulumi/policy";

/**
 * An option that is a list of names, addresses or the like.
 *
 * @param description a sentence for whoever sets it
 * @param otherwise what the list is where nobody has set it
 */
export function listOption(
  description: string,
  otherwise: readonly string[] = [],
): PolicyConfigSchema["properties"][string] {
  return { type: "array", items: { type: "string" }, default: [...otherwise], description };
}
