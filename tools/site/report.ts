/** The state of a whole stack, as `status` shows it. */
import { stat } from "node:fs/promises";
import { plan } from "../../components/plan/plan.ts";
import { PORT, sitePorts, WEB_PORTS } from "../../components/plan/ports.ts";
import type { GroupPlan, Plan, Role, SitePlan } from "../../components/plan/types.ts";
import type { Settings, SiteSettings } from "../../components/settings/schema.ts";
import { WORLD_ADDRESS } from "../../components/world/addresses.ts";
import { fail } from "../console.ts";
import { releaseFolder } from "../paths.ts";
import { type Known, knownOf, NOTHING_KNOWN } from "../preflight/known.ts";
import { isInBackend, isLocal, localUsers, type Users } from "../stack/local.ts";
import { engine, type Engine } from "../stack/pulumi.ts";
import { stackSettings } from "../stack/settings.ts";
import { caFile, keepCaFresh } from "./ca.ts";
import { workloadHealth, type WorkloadHealth } from "./state.ts";
import { addressesOf, hear } from "./there.ts";

/** One site. */
export interface SiteReport {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly hostname: string;
  /** Empty where a cloud has not told it yet. */
  readonly address: string;
  readonly address6: string | null;
  /** Loopback address of this machine where the same ports are published. */
  readonly published: string | null;
  readonly ports: Readonly<Record<string, number>>;
  readonly healthy: boolean;
  /** None where the machine of the site could not be asked. */
  readonly workloads: readonly WorkloadHealth[];
  /** Why it could not, in a sentence; null where it could. */
  readonly silent: string | null;
  /** What is wrong with Docker on its own machine, in a sentence; the workloads may be well all the same. */
  readonly docker: string | null;
}

/** The whole stack; users and their passwords are those that the local world made up. */
export interface StackReport {
  readonly stack: string;
  readonly healthy: boolean;
  readonly sites: readonly SiteReport[];
  readonly world: { readonly healthy: boolean; readonly workloads: readonly WorkloadHealth[] };
  readonly users: readonly { readonly address: string; readonly password: string }[];
  readonly domains: readonly string[];
  /** Name that mail programs connect to, at any site; every site's certificate has it. */
  readonly clientHostname: string;
  /** Path of the CA certificates that the local world's certificates chain to; null before there are any. */
  readonly ca: string | null;
  /** Address and port of the local world's name server. */
  readonly dns: string;
}

/**
 * @param pulumi asked about sites on machines of their own; made ready only where there are such sites, unless it is given
 * @throws SettingsError when the stack's settings are not sound
 * @throws SentenceError when the backend does not know a stack with machines
 */
export async function stackReport(stack: string, pulumi?: Pick<Engine, "ask">): Promise<StackReport> {
  const settings = await stackSettings(stack, isLocal(stack));
  const planned: Plan = plan(stack, settings);
  const away = planned.sites.some(({ machine }) => machine !== undefined);
  const known = away ? await knownMachines(stack, pulumi ?? (await engine([]))) : NOTHING_KNOWN;
  const sites = await Promise.all(
    planned.sites.map((site, index) => siteReport(stack, site, published(settings.sites[index]), settings, known)),
  );
  const worldWorkloads = planned.world === undefined ? [] : await groupHealth(stack, planned.world);
  const world = { healthy: worldWorkloads.every(({ healthy }) => healthy), workloads: worldWorkloads };
  if (isLocal(stack)) await keepCaFresh(stack, settings);
  const users = usersOf(settings.mailboxes, await localUsers(stack));
  const ca = caFile(stack);
  return {
    stack,
    healthy: world.healthy && sites.every(({ healthy }) => healthy),
    sites,
    world,
    users,
    domains: settings.domains.map(({ name }) => name),
    clientHostname: `${settings.clientName}.${settings.infrastructureDomain}`,
    ca: await stat(ca).then(
      () => ca,
      () => null,
    ),
    dns: `${WORLD_ADDRESS.knot.v4}:${PORT.dns}`,
  };
}

/** Those whose mailbox is still in the settings: passwords of others are remembered, but nobody logs in with them. */
export function usersOf(mailboxes: Settings["mailboxes"], passwords: Users): StackReport["users"] {
  const here = new Set(mailboxes.map(({ address }) => address));
  // The settings' addresses have been put into lower case, those of the file are as somebody wrote them.
  return Object.entries(passwords).flatMap(([address, password]) =>
    here.has(address.toLowerCase()) ? [{ address, password }] : [],
  );
}

function published(site: SiteSettings | undefined): string | undefined {
  return site?.platform === "local" ? site.publishAddress : undefined;
}

async function knownMachines(stack: string, pulumi: Pick<Engine, "ask">): Promise<Known> {
  if (!(await isInBackend(stack, pulumi))) {
    fail(`The backend has no stack ${stack}: set PULUMI_BACKEND_URL to the one it is kept in, or bring it up first.`);
  }
  return knownOf(stack, pulumi);
}

async function siteReport(
  stack: string,
  site: SitePlan,
  published: string | undefined,
  settings: Settings,
  known: Known,
): Promise<SiteReport> {
  const { workloads, silent, docker } =
    site.machine === undefined
      ? { workloads: await groupHealth(stack, site), silent: null, docker: null }
      : await hear(stack, site, known);
  return {
    name: site.name,
    roles: site.roles,
    hostname: site.hostname,
    ...addressesOf(site, known),
    published: published ?? null,
    ports: { ...sitePorts(site.roles, settings.imap143), ...WEB_PORTS },
    healthy: silent === null && docker === null && workloads.every(({ healthy }) => healthy),
    workloads,
    silent,
    docker,
  };
}

function groupHealth(stack: string, group: GroupPlan): Promise<WorkloadHealth[]> {
  const folder = releaseFolder(stack, group.name);
  return Promise.all(group.workloads.map(({ name }) => workloadHealth(folder, name)));
}
