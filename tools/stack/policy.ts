/** Which policy packs a command of Pulumi is given, with which configuration. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../paths.ts";
import { isLocal } from "./local.ts";

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

/**
 * Flags for an `up` that asks nothing.
 *
 * Rules about a whole stack are asked at the end of a preview and at the end of an update. So a stack that somebody depends
 * on is always previewed: what such a rule refuses is then not changed at all. A local one is brought up the faster way.
 */
export function unasked(stack: string): readonly string[] {
  return isLocal(stack) ? ["--yes", "--skip-preview"] : ["--yes"];
}
