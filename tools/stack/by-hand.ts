/** Zones that a stack's owner serves, and what has to be done with them after a change. */
import type { Settings } from "../../components/settings/schema.ts";

type Zone = Pick<Settings["dnsZones"][number], "name" | "provider">;

/** How they are copied, as a sentence; undefined where there are none. Pure. */
export function copying(stack: string, all: readonly Zone[]): string | undefined {
  const zones = all.filter(({ provider }) => provider === "print").map(({ name }) => name);
  if (zones.length === 0) return undefined;
  return `What ${zones.join(" and ")} ${zones.length === 1 ? "is" : "are"} to have in ${zones.length === 1 ? "it" : "them"}: \`npm run shell -- ${stack}\`, then \`pulumi stack output dns\`.`;
}
