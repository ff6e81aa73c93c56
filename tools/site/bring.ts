/** Brings a site into another state, and the whole stack with it. */
import type { Settings } from "../../components/settings/schema.ts";
import { isLocal } from "../stack/local.ts";
import { clearDeadLocks } from "../stack/locks.ts";
import { unasked } from "../stack/policy.ts";
import { engine, type Engine } from "../stack/pulumi.ts";
import { stackSettings } from "../stack/settings.ts";
import { setSiteState } from "../stack/site-settings.ts";
import { bringUp, type Change } from "../stack/up.ts";
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
  let asked: Asked;
  try {
    asked = await ask(stack, []);
  } catch (error) {
    await setSiteState(stack, site.name, site.state);
    throw error;
  }
  await put(stack, asked);
}

/**
 * @param leaving sites that are no longer in the settings
 * @param variables further ones for the program and the providers
 * @throws SentenceError before anything is changed, when the settings have another change in them by which mail would stay behind
 */
export async function up(
  stack: string,
  leaving: readonly string[] = [],
  variables: Readonly<Record<string, string>> = {},
): Promise<void> {
  await put(stack, await ask(stack, leaving), variables);
}

/** What an update will change of sites, once nothing speaks against it. */
interface Asked {
  readonly pulumi: Engine;
  readonly change: Change;
}

async function ask(stack: string, leaving: readonly string[]): Promise<Asked> {
  const { sites } = await stackSettings(stack, isLocal(stack));
  const pulumi = await engine(["docker", "compose"]);
  return { pulumi, change: await noChangeOfSites({ stack, pulumi, sites, seenTo: leaving }) };
}

async function put(
  stack: string,
  { pulumi, change }: Asked,
  variables: Readonly<Record<string, string>> = {},
): Promise<void> {
  await clearDeadLocks(stack);
  await bringUp(stack, pulumi, change, unasked(stack), variables);
}
