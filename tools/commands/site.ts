/** `site`: takes a site out of service for maintenance, back in, and away for good, without a message lost. */
import { fail, say } from "../console.ts";
import { bringInto, type Site } from "../site/bring.ts";
import { describe, emptied, isEmpty } from "../site/emptied.ts";
import { remove, removeLost } from "../site/removal.ts";
import { stackArguments } from "../stack/arguments.ts";
import { copying } from "../stack/by-hand.ts";
import { isLocal } from "../stack/local.ts";
import { stackExists, stackSettings } from "../stack/settings.ts";

const USAGE = "npm run mailkeep -- site drain|resume|remove <site> [stack] [--lost]";

export async function run(args: readonly string[]): Promise<number> {
  const { stack, rest, flags } = stackArguments(args, ["lost"], 2);
  const [verb, name] = rest;
  const lost = flags.has("lost");
  if (lost && verb !== "remove") fail(`--lost is for a site that is taken away: ${USAGE}`);
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
      sayWith(copy, await (lost ? removeLost(stack, site, sites) : remove(stack, site, sites)));
      return 0;
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
  await bringInto("standby", stack, site);
  const left = await emptied(stack, site, false);
  const unnamed = led(copy, "no record leads to it");
  sayWith(
    copy,
    isEmpty(left)
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
  await bringInto("serving", stack, site);
  sayWith(copy, `${site.name} is serving again: ${led(copy, "MX and service names lead to it")}.`);
  return 0;
}
