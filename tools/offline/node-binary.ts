/** The Node.js executable that images of services carry: Debian 13 packages an older one. */
import type { Step } from "../console.ts";
import { cachedNode, fetchNode } from "./node.mjs";
import type { Used } from "./used.ts";

/** An executable that containers can run. */
export interface NodeBinary extends Used {
  readonly path: string;
}

/**
 * Always the one in the cache: the machine's own may be linked against libraries that an image has not.
 *
 * @throws Error with a sentence where it cannot be fetched
 */
export async function prepareNodeBinary(progress: () => Step): Promise<NodeBinary> {
  const cached = cachedNode();
  if (cached !== undefined) return { name: "node", ...cached };
  const step = progress();
  const fetched = await fetchNode((line) => step.note(line));
  step.done(fetched.version);
  return { name: "node", ...fetched };
}
