/** Where things lie in the checkout. All that is made while running is below `.mailkeep/`, which git ignores. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** What is made here and never committed. */
export const HOME = join(ROOT, ".mailkeep");

/** What belongs to one stack: releases, users with made-up passwords, CA certificates. */
export function stackFolder(stack: string): string {
  return join(HOME, stack);
}

/** Folder on this machine that a group's release lies in. The program computes the same. */
export function releaseFolder(stack: string, group: string): string {
  return join(stackFolder(stack), group);
}

/** The stack's configuration. */
export function stackFile(stack: string): string {
  return join(ROOT, "stacks", `Pulumi.${stack}.yaml`);
}
