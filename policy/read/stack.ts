/** Which stack a resource belongs to, and what kind of stack that is. */
import type { PolicyConfigSchema } from "@pulumi/policy";
import { listOption } from "../options.ts";

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

/** The option that says which these are. */
export const PRODUCTION = {
  production: listOption("Stacks that people depend on.", ["production"]),
} as const satisfies PolicyConfigSchema["properties"];
