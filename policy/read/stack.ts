/** Which stack a resource belongs to, and what kind of stack that is. */
import type { PolicyConfigSchema } from "@pulumi/policy";

/** `local` of `urn:pulumi:local::mailkeep::…`. */
export function stackOf(urn: string): string {
  return urn.split(":")[2] ?? "";
}

/** Whether the stack lives on the machine of whoever works on it. */
export function isLocal(stack: string): boolean {
  return stack === "local" || stack.startsWith("local-");
}

/** Configuration of the rules that hold in production alone. */
export interface Production {
  readonly production: readonly string[];
}

export const PRODUCTION = {
  production: {
    type: "array",
    items: { type: "string" },
    default: ["production"],
    description: "Stacks that people depend on.",
  },
} as const satisfies PolicyConfigSchema["properties"];
