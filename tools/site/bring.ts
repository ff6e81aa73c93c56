/** Brings a site into another state, and the whole stack with it. */
import type { Settings } from "../../components/settings/schema.ts";
import { isLocal } from "../stack/local.ts";
import { clearDeadLocks } from "../stack/locks.ts";
import { unasked } from "../stack/policy.ts";
import { engine } from "../stack/pulumi.ts";
import { stackSettings } from "../stack/settings.ts";
import { setSiteState } from "../stack/site-settings.ts";
import { bringUp } from "../stack/up.ts";
import { noChangeOfSites } from "./left-behind.ts";

/** A site of the settings. */
export type Site = Settings["sites"][number];

/**
 * Writes a site's state into the settings and brings the stack up, if it is another one.
 *
 * @throws SentenceError when the settings would not be sound with it, or have another change in them by which mail would stay
 *   behind, with the file as it was
 */
export async function bringInto(state: Site["state"], stack: string, site: Site): Promise<void> {
  if (site.state === state) return;
  await setSiteState(stack, site.name, state);
  try {
    const { sites } = await stackSettings(stack, isLocal(stack));
    await noChangeOfSites({ stack, pulumi: await engine(["docker", "compose"]), sites });
  } catch (error) {
    await setSiteState(stack, site.name, site.state);
    throw error;
  }
  await up(stack);
}

/**
 * @param leaving sites that are no longer in the settings
 * @param variables further ones for the program and the providers
 */
export async function up(
  stack: string,
  leaving: readonly string[] = [],
  variables: Readonly<Record<string, string>> = {},
): Promise<void> {
  const pulumi = await engine(["docker", "compose"]);
  await clearDeadLocks(stack);
  const { sites } = await stackSettings(stack, isLocal(stack));
  const change = await noChangeOfSites({ stack, pulumi, sites, seenTo: leaving });
  await bringUp(stack, pulumi, change, unasked(stack), variables);
}
