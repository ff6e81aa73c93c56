/** `site`: takes a site out of service for maintenance, back in, and away for good, without a message lost. */
import { setTimeout as delay } from "node:timers/promises";
import type { Settings } from "../../components/settings/schema.ts";
import { fail, say, step } from "../console.ts";
import { withDockerAt } from "../site/docker-at.ts";
import { flushQueues, waitingAt, type Waiting } from "../site/queues.ts";
import { stackArguments } from "../stack/arguments.ts";
import { copying } from "../stack/by-hand.ts";
import { protectedOf } from "../stack/destruction.ts";
import { isLocal } from "../stack/local.ts";
import { clearDeadLocks } from "../stack/locks.ts";
import { unasked } from "../stack/policy.ts";
import { engine, type Engine } from "../stack/pulumi.ts";
import { stackExists, stackSettings } from "../stack/settings.ts";
import { removeSite, setSiteState } from "../stack/site-settings.ts";
import { bringUp } from "../stack/up.ts";

const USAGE = "npm run mailkeep -- site drain|resume|remove <site> [stack]";
/** How long a queue may take to empty itself before the command gives up waiting, not the queue. */
const PATIENCE_MS = 120_000;

type Site = Settings["sites"][number];

export async function run(args: readonly string[]): Promise<number> {
  const { stack, rest } = stackArguments(args, [], 2);
  const [verb, name] = rest;
  if (name === undefined) fail(`Say what to do with which site: ${USAGE}`);
  if (!stackExists(stack)) fail(`There is no stack ${stack} here yet: \`npm run up\` makes the local one.`);
  const settings = await stackSettings(stack, isLocal(stack));
  const { sites } = settings;
  const copy = copying(stack, settings.dnsZones);
  const site = sites.find((one) => one.name === name);
  const known = sites.map((one) => one.name).join(", ");
  if (site === undefined) fail(`The stack ${stack} has no site ${name}; it has ${known}.`);
  switch (verb) {
    case "drain":
      return drain(stack, site, copy);
    case "resume":
      return resume(stack, site, copy);
    case "remove":
      return remove(stack, site, sites, copy);
    default:
      return fail(`There is no "${verb ?? ""}" for a site: ${USAGE}`);
  }
}

/** What DNS says of a site, where the records are ours to change and where its owner has to copy them first. */
function led(copy: string | undefined, words: string): string {
  return copy === undefined ? words : `${words} once you have copied the zones that you keep`;
}

function sayWith(copy: string | undefined, text: string): void {
  say(copy === undefined ? text : `${text}\n${copy}`);
}

async function drain(stack: string, site: Site, copy: string | undefined): Promise<number> {
  await standBy(stack, site);
  const left = await emptied(stack, site);
  const unnamed = led(copy, "no record leads to it");
  sayWith(
    copy,
    left.length === 0
      ? `${site.name} is drained: its queues are empty, and ${unnamed}. It goes on working; stop it when you like.`
      : `${site.name} is on standby: ${unnamed}. ${describe(left)} They are tried again until they are delivered.`,
  );
  return 0;
}

async function resume(stack: string, site: Site, copy: string | undefined): Promise<number> {
  if (site.state === "serving") {
    say(`${site.name} is serving already.`);
    return 0;
  }
  await setSiteState(stack, site.name, "serving");
  await up(stack);
  sayWith(copy, `${site.name} is serving again: ${led(copy, "MX and service names lead to it")}.`);
  return 0;
}

async function remove(stack: string, site: Site, sites: readonly Site[], copy: string | undefined): Promise<number> {
  if (site.roles.includes("maildrop"))
    fail(`${site.name} has the mailboxes, and no other site has them too: it cannot be removed.`);
  const senders = sendersBy(sites, site.name);
  if (senders.length > 0)
    fail(
      `${senders.join(" and ")} would have no way by ${site.name} any more: take it out of the lists of ways (egress) first.`,
    );
  await standBy(stack, site);
  const left = await emptied(stack, site);
  if (left.length > 0)
    fail(
      `${site.name} is on standby and stays until its queues are empty. ${describe(left)} Then give the command again.`,
    );
  await refuseProtected(stack, site.name, await engine(["docker", "compose"]));
  await removeSite(stack, site.name);
  await up(stack, [site.name]);
  sayWith(
    copy,
    `${site.name} is gone. Its queues were empty; volumes of its containers are kept until you delete them.`,
  );
  return 0;
}

/** The sites whose mail may leave by way of another. */
export function sendersBy(sites: readonly Pick<Site, "name" | "egress">[], name: string): readonly string[] {
  const goesBy = (way: Site["egress"][number]): boolean => way !== "direct" && "via" in way && way.via === name;
  return sites.filter(({ egress }) => egress.some(goesBy)).map((site) => site.name);
}

/**
 * Pulumi refuses to delete a protected disk, but only after the site's records are gone and it is no longer in the settings.
 *
 * @throws SentenceError naming what is protected, and how the protection is taken off
 */
export async function refuseProtected(stack: string, site: string, pulumi: Pick<Engine, "ask">): Promise<void> {
  const disks = protectedOf(site, await pulumi.ask(["stack", "export", "--stack", stack]));
  if (disks.length === 0) return;
  const names = disks.map(({ name }) => name).join(" and ");
  const commands = disks.map(({ urn }) => `\`pulumi state unprotect '${urn}' -s ${stack}\``).join(" and ");
  fail(
    `${site} is on standby and stays: ${names} would be deleted with it, and is protected. To let it go, take the protection off in \`npm run shell -- ${stack}\`: ${commands}. Then give the command again.`,
  );
}

/** @throws SentenceError when the settings would not be sound without it, with the file as it was */
async function standBy(stack: string, site: Site): Promise<void> {
  if (site.state === "standby") return;
  await setSiteState(stack, site.name, "standby");
  try {
    await stackSettings(stack, isLocal(stack));
  } catch (error) {
    await setSiteState(stack, site.name, "serving");
    throw error;
  }
  await up(stack);
}

async function up(stack: string, leaving: readonly string[] = []): Promise<void> {
  const pulumi = await engine(["docker", "compose"]);
  await clearDeadLocks(stack);
  await bringUp(stack, pulumi, { joining: [], leaving }, unasked(stack));
}

/** Has everything tried again until the queues are empty or patience ends. @returns what is left */
async function emptied(stack: string, site: Site): Promise<readonly Waiting[]> {
  const pulumi = await engine(["docker", "compose"]);
  const running = step(`Queues of ${site.name}`);
  const end = performance.now() + PATIENCE_MS;
  return withDockerAt({ stack, site: site.name, pulumi }, async (docker) => {
    for (;;) {
      await flushQueues(stack, site.name, site.roles, docker);
      const left = await waitingAt(stack, site.name, site.roles, docker);
      if (left.length === 0 || performance.now() > end) {
        running.done(left.length === 0 ? "empty" : `${left.length} left`);
        return left;
      }
      await delay(2000);
    }
  });
}

/** What waits, and why, by the reason that is met most often. */
export function describe(left: readonly Waiting[]): string {
  const times = (reason: string): number => left.filter((one) => one.reason === reason).length;
  const [reason = ""] = left.map((one) => one.reason).sort((a, b) => times(b) - times(a));
  const count = left.length === 1 ? "One message waits" : `${left.length} messages wait`;
  return `${count} in its queues${reason === "" ? "" : `, most of all since "${reason}"`}.`;
}
