/** Brings a stack to what its settings say, and sites in and out in an order in which no mail is refused. */
import { z } from "zod";
import { SENDING_ROLES } from "../../components/plan/egress.ts";
import { placeOf } from "../../components/settings/place.ts";
import type { Settings } from "../../components/settings/schema.ts";
import { fail, say } from "../console.ts";
import { LEAVING } from "../../policy/asked.ts";
import { policyArguments } from "./policy.ts";
import type { Engine } from "./pulumi.ts";

/** How the sites that run differ from those that are wanted. */
export interface Change {
  /** Serving sites that were not there: they are brought up first, and then named. */
  readonly joining: readonly string[];
  /** Sites that are there and no longer in the settings. */
  readonly leaving: readonly string[];
}

/** What becomes of sites. The first ones of a stack have nobody who could serve before them. */
export function siteChange(running: readonly string[], sites: Settings["sites"]): Change {
  const wanted = sites.map(({ name }) => name);
  const serving = sites.filter(({ state }) => state === "serving").map(({ name }) => name);
  return {
    joining: running.length === 0 ? [] : serving.filter((name) => !running.includes(name)),
    leaving: running.filter((name) => !wanted.includes(name)),
  };
}

/** What the engine knows of a stack's sites, as its outputs have it; nothing where the stack has never been up. */
export interface Running {
  readonly siteNames: readonly string[];
  /** Those that take nothing in any more. */
  readonly closedSites: readonly string[];
  /** Those with mailboxes. */
  readonly maildrops: readonly string[];
  /** Addresses of all mailboxes. */
  readonly mailboxes: readonly string[];
  /** What each does. */
  readonly siteRoles: Readonly<Record<string, readonly string[]>>;
  /** SSH host keys of those that are machines of somebody's own. */
  readonly siteMachines: Readonly<Record<string, string>>;
  /** Where clouds have those that they make. */
  readonly sitePlaces: Readonly<Record<string, string>>;
}

const names = z.array(z.string()).default([]);
const outputsSchema = z.looseObject({
  siteNames: names,
  closedSites: names,
  maildrops: names,
  mailboxes: names,
  siteRoles: z.record(z.string(), z.array(z.string())).default({}),
  siteMachines: z.record(z.string(), z.string()).default({}),
  sitePlaces: z.record(z.string(), z.string()).default({}),
});

/** From the stack's outputs, as the last update that ended well left them. */
export async function runningSites(stack: string, pulumi: Pick<Engine, "ask">): Promise<Running> {
  const outputs: unknown = JSON.parse(await pulumi.ask(["stack", "output", "--stack", stack, "--json"]));
  return outputsSchema.parse(outputs);
}

/**
 * Mail stays on the disk where it is: a site that becomes the maildrop begins with empty mailboxes.
 *
 * @throws SentenceError where a site would be the maildrop no longer
 */
export function refuseLeftMail(
  stack: string,
  { maildrops }: Pick<Running, "maildrops">,
  sites: Settings["sites"],
): void {
  const wanted = sites.filter(({ roles }) => roles.includes("maildrop")).map(({ name }) => name);
  const left = maildrops.filter((name) => !wanted.includes(name));
  if (left.length === 0) return;
  fail(
    `${left.join(" and ")} would be the maildrop no longer. The mail there is not moved to ${wanted.join(" and ")}: people would find empty mailboxes. ` +
      `Give ${left.join(" and ")} the role back, or begin anew with \`npm run up -- ${stack} --leave-mail\`; what is there stays on its disk.`,
  );
}

/** Sites that stay and whose Postfix goes, with the workloads whose queues would stay behind. */
export function lostQueues(
  { siteRoles }: Pick<Running, "siteRoles">,
  sites: Settings["sites"],
): readonly { readonly site: string; readonly workloads: readonly string[] }[] {
  return sites.flatMap(({ name, roles }) => {
    const workloads = SENDING_ROLES.filter((role) => siteRoles[name]?.includes(role) && !roles.includes(role));
    return workloads.length === 0 ? [] : [{ site: name, workloads }];
  });
}

/**
 * A site that is another machine begins with empty mailboxes and queues; the last one goes on, and nobody looks at it.
 *
 * @throws SentenceError where the key that a machine is known by is another
 */
export function refuseOtherMachine(
  stack: string,
  { siteMachines }: Pick<Running, "siteMachines">,
  sites: Settings["sites"],
): void {
  const others = sites.flatMap((site) => {
    const known = siteMachines[site.name];
    return known === undefined || (site.platform === "host" && site.ssh.hostKey === known) ? [] : [site.name];
  });
  if (others.length === 0) return;
  const [verb, its] = others.length > 1 ? ["would be other machines", "their"] : ["would be another machine", "its"];
  fail(
    `${others.join(" and ")} ${verb}, by ${its} SSH host key. Mail and queues would stay on the last one, and the new one begin with empty ones. ` +
      `Stop the last one's containers and copy Docker's volumes mailkeep-${stack}-<site>-* first; then, or where it is the same machine with another key, \`npm run up -- ${stack} --leave-mail\`.`,
  );
}

/**
 * A cloud makes machine and disk anew in another place. Pulumi refuses to give up the disk, for it is protected, but may have
 * deleted the machine by then, and the addresses that its mail is known by.
 *
 * @throws SentenceError where a site that is there would be made elsewhere
 */
export function refuseOtherPlace(
  stack: string,
  { sitePlaces }: Pick<Running, "sitePlaces">,
  sites: Settings["sites"],
): void {
  for (const site of sites) {
    const known = sitePlaces[site.name];
    const wanted = placeOf(site) ?? site.platform;
    if (known === undefined || known === wanted) continue;
    fail(
      `${site.name} would be ${wanted}, and its machine is ${known}. Neither the machine with its addresses nor the disk with its mail moves from there. ` +
        `Write the place of ${site.name} back. To move, add a site with another name in the new place, and take ${site.name} away when that one works: \`npm run mailkeep -- site remove ${site.name} ${stack}\`.`,
    );
  }
}

/**
 * Runs `pulumi up` with the policy packs. A site that is new to a running stack comes in two steps: it works before MX and
 * service names lead to it. One that leaves goes in two as well: the engine shows rules about a whole stack what is on its way
 * out, and they would miss its records; so they are asked once it is gone.
 *
 * @param variables further ones for the program
 * @param beforeNaming what a new site has to be waited for, before the world is led there
 * @throws SentenceError when Pulumi fails
 */
export async function bringUp(
  stack: string,
  pulumi: Pick<Engine, "show">,
  { joining, leaving }: Change,
  quiet: readonly string[],
  variables: Readonly<Record<string, string>> = {},
  beforeNaming: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const args = ["up", "--stack", stack, ...policyArguments(stack), "--suppress-outputs", ...quiet];
  if (leaving.length > 0) await succeed(pulumi.show(args, { ...variables, [LEAVING]: leaving.join(",") }));
  if (joining.length > 0) {
    say(`${joining.join(" and ")} will be brought up first, and named in MX and service names when it works.`);
    await succeed(pulumi.show(args, { MAILKEEP_JOINING: joining.join(",") }));
    await beforeNaming();
  }
  await succeed(pulumi.show(args, variables));
}

async function succeed(running: Promise<number>): Promise<void> {
  const code = await running;
  if (code !== 0)
    fail(`Pulumi ended with exit code ${code}; its message is above. The same command goes on from where it stopped.`);
}
