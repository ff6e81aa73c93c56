/**
 * What runs at a site: the network's checks, in a container that shares the site's addresses. It is bundled into one text with
 * a call of {@link lookFromHere} at its end, and writes what it has found to standard output.
 */
import { meansOf } from "./means.ts";
import { networkChecks, runChecks } from "./network.ts";
import type { Subject } from "./subject.ts";

/** Ends the process when all has been written. */
export async function lookFromHere(subject: Subject): Promise<void> {
  const verdicts = await runChecks(networkChecks(subject, meansOf(subject.resolvers)));
  process.stdout.write(`${JSON.stringify(verdicts)}\n`, () => process.exit(0));
}
