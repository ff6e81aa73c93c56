/** Takes a site away for good: what it has accepted leaves first, or, where it is lost, is said to be lost with it. */
import { setTimeout as delay } from "node:timers/promises";
import { SERVICE_TTL_SECONDS } from "../../components/dns/ttl.ts";
import { projectName } from "../../components/release/names.ts";
import { LOST } from "../../providers/compose/lost.ts";
import { fail, within } from "../console.ts";
import { protectedOf } from "../stack/destruction.ts";
import { engine, type Engine } from "../stack/pulumi.ts";
import { removeSite } from "../stack/site-settings.ts";
import { bringInto, up, type Site } from "./bring.ts";
import { withDockerAt } from "./docker-at.ts";
import { describe, emptied, isEmpty } from "./emptied.ts";
import { waitingAt } from "./queues.ts";

/**
 * Removes a site in order. Senders may remember its MX record for an hour, and mail programs its address for a minute: so it is
 * closed first, which sends both elsewhere at once, and only then its queues are emptied, for good.
 *
 * @returns what was done, as a sentence
 * @throws SentenceError where something keeps it from going; what was done until then is told
 */
export async function remove(stack: string, site: Site, sites: readonly Site[]): Promise<string> {
  refuseNeeded(site, sites);
  if (!(await answers(stack, site, await engine(["docker", "compose"]))))
    fail(
      `${site.name} does not answer, so its queues cannot be emptied. Give the command again when it does; if its machine will not come back, with --lost: what may wait in its queues is lost with it.`,
    );
  const isOpen = site.state !== "closed";
  await bringInto("closed", stack, site);
  const [left] = await Promise.all([emptied(stack, site, true), isOpen ? forgotten(site) : undefined]);
  if (!isEmpty(left))
    fail(
      `${site.name} is closed and stays until nothing is left there. ${describe(left)} Give the command again later, or \`site resume ${site.name}\` to have it back.`,
    );
  await refuseProtected(stack, site.name, await engine(["docker", "compose"]));
  await removeSite(stack, site.name);
  await up(stack, [site.name]);
  return `${site.name} is gone. Its queues were empty; volumes of its containers are kept until you delete them.`;
}

/**
 * Removes a site whose machine will not come back: nobody is asked there.
 *
 * @returns what was done, as a sentence
 * @throws SentenceError where something keeps it from going
 */
export async function removeLost(stack: string, site: Site, sites: readonly Site[]): Promise<string> {
  refuseNeeded(site, sites);
  const pulumi = await engine(["docker", "compose"]);
  if (await answers(stack, site, pulumi))
    fail(`${site.name} answers, so it is not lost: without --lost its queues are emptied before it goes.`);
  await refuseProtected(stack, site.name, pulumi);
  await removeSite(stack, site.name);
  await up(stack, [site.name], { [LOST]: projectName(stack, site.name) });
  return `${site.name} is gone, and with it what may have waited in its queues: that could not be seen. Its senders hear of it from nobody.`;
}

/** Mail programs that know the address of a site come to it until they have forgotten it; the site hands them on as long as it is there. */
async function forgotten(site: Site): Promise<void> {
  await within(`Until nobody remembers the address of ${site.name}`, () => delay(SERVICE_TTL_SECONDS * 1000));
}

async function answers(stack: string, { name, roles }: Site, pulumi: Engine): Promise<boolean> {
  const look = withDockerAt({ stack, site: name, pulumi }, (docker) => waitingAt(stack, name, roles, docker));
  return within(`Whether ${name} answers`, () =>
    look.then(
      () => true,
      () => false,
    ),
  );
}

function refuseNeeded(site: Site, sites: readonly Site[]): void {
  if (site.roles.includes("maildrop"))
    fail(`${site.name} has the mailboxes, and no other site has them too: it cannot be removed.`);
  const senders = sendersBy(sites, site.name);
  if (senders.length > 0)
    fail(
      `${senders.join(" and ")} would have no way by ${site.name} any more: take it out of the lists of ways (egress) first.`,
    );
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
    `${site} stays: ${names} would be deleted with it, and is protected. To let it go, take the protection off in \`npm run shell -- ${stack}\`: ${commands}. Then give the command again.`,
  );
}
