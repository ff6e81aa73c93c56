/** Which policy packs a command of Pulumi is given, with which configuration. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../paths.ts";

/** All packs of the project in one process. */
const PACK = "policy";

/** Where a stack's exceptions and limits for single rules are written down, if it has some. */
export function policyConfigFile(stack: string): string {
  return join("stacks", `policy.${stack}.json`);
}

/** Arguments for `up` and `preview`. */
export function policyArguments(stack: string, root = ROOT): readonly string[] {
  const config = policyConfigFile(stack);
  const configured = existsSync(join(root, config)) ? ["--policy-pack-config", config] : [];
  return ["--policy-pack", PACK, ...configured];
}
