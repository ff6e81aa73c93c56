/** What an update would leave behind. It is asked before anything is changed, by each command that brings a stack up. */
import type { Settings } from "../../components/settings/schema.ts";
import { fail, say } from "../console.ts";
import type { Engine } from "../stack/pulumi.ts";
import {
  lostQueues,
  refuseLeftMail,
  refuseOtherMachine,
  refuseOtherPlace,
  runningSites,
  siteChange,
} from "../stack/up.ts";
import type { Change, Running } from "../stack/up.ts";
import { withDockerAt } from "./docker-at.ts";
import { describe } from "./emptied.ts";
import { QUEUES, waitingAt, type Waiting } from "./queues.ts";

export interface Update {
  readonly stack: string;
  readonly pulumi: Engine;
  readonly sites: Settings["sites"];
  /** Those that are wanted. @default nobody looks whether one leaves */
  readonly mailboxes?: Settings["mailboxes"];
  /** Mailboxes and queues may stay behind where they are. @default false */
  readonly leaveMail?: boolean;
  /** Sites that go, and have been seen to. @default none */
  readonly seenTo?: readonly string[];
}

/**
 * What becomes of sites in an update that leaves no mail behind.
 *
 * @throws SentenceError naming the site, what would stay there, and what to do
 */
export async function changeWithoutLoss(update: Update): Promise<Change> {
  const { stack, pulumi, sites, leaveMail = false, seenTo = [] } = update;
  const running = await runningSites(stack, pulumi);
  refuseOtherPlace(stack, running, sites);
  if (!leaveMail) {
    refuseLeftMail(stack, running, sites);
    refuseOtherMachine(stack, running, sites);
  }
  await refuseLeftQueues(update, running);
  const change = siteChange(running.siteNames, sites);
  const unseen = change.leaving.filter((name) => !seenTo.includes(name));
  await refuseUndrained(stack, pulumi, unseen, running.closedSites);
  const told = update.mailboxes && whoLeaves(running, update.mailboxes);
  if (told !== undefined) say(told);
  return change;
}

/** Addresses that a sentence names. */
const FEW = 5;

/**
 * What becomes of mailboxes that the settings have no longer. Most often that is what was meant, so nobody is asked. Pure.
 *
 * @returns a sentence; undefined where none leaves
 */
export function whoLeaves(
  { mailboxes, maildrops }: Pick<Running, "mailboxes" | "maildrops">,
  wanted: Settings["mailboxes"],
): string | undefined {
  const here = new Set(wanted.map(({ address }) => address));
  const leaving = mailboxes.filter((address) => !here.has(address));
  if (leaving.length === 0) return undefined;
  const more = leaving.length - FEW;
  const named = [...leaving.slice(0, FEW), ...(more > 0 ? [`${more} more`] : [])].join(", ");
  return (
    `The settings have no mailbox any more for: ${named}. Mail to them will be refused where no alias takes it, and nobody can log in. ` +
    `What is in them stays on the disk of ${maildrops.join(" and ")}, and is there again when they are in the settings again.`
  );
}

/**
 * The same for a command that is about something else: sites do not come and go by the way.
 *
 * @throws SentenceError also where a site would
 */
export async function noChangeOfSites(update: Update): Promise<Change> {
  const change = await changeWithoutLoss(update);
  const others = [...change.joining, ...change.leaving.filter((name) => !update.seenTo?.includes(name))];
  if (others.length > 0)
    fail(
      `The settings have another change of sites in them: ${others.join(" and ")}. Bring that up first, with \`npm run up -- ${update.stack}\`, and give this command again.`,
    );
  return { joining: [], leaving: change.leaving };
}

/** A site whose Postfix goes keeps its queue, which nobody empties any more: so it must be closed, and the queue empty. */
async function refuseLeftQueues({ stack, pulumi, sites }: Update, running: Running): Promise<void> {
  for (const { site, workloads } of lostQueues(running, sites)) {
    const what = `${site} would lose the role${workloads.length > 1 ? "s" : ""} ${workloads.join(" and ")}`;
    const how = `Give it back, write \`state: closed\` for ${site}, and run \`npm run up -- ${stack}\`: then it takes nothing in any more. When its queues are empty, take the role out, and write \`state: serving\` again.`;
    if (!running.closedSites.includes(site))
      fail(`${what}, and mail that comes in until then would stay there. ${how}`);
    const waiting = await queuedAt(stack, site, workloads, pulumi);
    if (waiting === undefined) fail(`${what}, and whether mail waits in its queues cannot be seen. ${how}`);
    if (waiting.length > 0) fail(`${what}. ${describe({ waiting, sessions: 0 })} ${how}`);
  }
}

/** A site that goes must take nothing in any more, and have nothing in its queues. */
async function refuseUndrained(
  stack: string,
  pulumi: Engine,
  leaving: readonly string[],
  closed: readonly string[],
): Promise<void> {
  for (const site of leaving) {
    const how = `Put ${site} back into the settings and run \`npm run mailkeep -- site remove ${site} ${stack}\`, which closes and empties it first.`;
    if (!closed.includes(site)) fail(`${site} is no longer in the settings, and still takes mail in. ${how}`);
    const waiting = await queuedAt(stack, site, QUEUES, pulumi);
    if (waiting === undefined)
      fail(
        `${site} is no longer in the settings, and whether mail waits in its queues cannot be seen. ${how} Add --lost if its machine will not come back.`,
      );
    if (waiting.length > 0) fail(`${site} is no longer in the settings. ${describe({ waiting, sessions: 0 })} ${how}`);
  }
}

/** What waits at a site; undefined where that cannot be seen. */
async function queuedAt(
  stack: string,
  site: string,
  workloads: readonly string[],
  pulumi: Engine,
): Promise<readonly Waiting[] | undefined> {
  return withDockerAt({ stack, site, pulumi }, (docker) => waitingAt(stack, site, workloads, docker)).catch(
    () => undefined,
  );
}
