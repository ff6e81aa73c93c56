/** The state of a whole stack, as `status` shows it. */
import { stat } from "node:fs/promises";
import { plan } from "../../components/plan/plan.ts";
import { PORT, sitePorts, webPorts } from "../../components/plan/ports.ts";
import { literal } from "../../components/plan/text.ts";
import { webDomains } from "../../components/plan/web.ts";
import type { GroupPlan, Plan, Role, SitePlan } from "../../components/plan/types.ts";
import type { Settings, SiteSettings } from "../../components/settings/schema.ts";
import { WORLD_ADDRESS } from "../../components/world/addresses.ts";
import { releaseFolder } from "../paths.ts";
import { isLocal, localUsers } from "../stack/local.ts";
import { stackSettings } from "../stack/settings.ts";
import { caFile, keepCaFresh } from "./ca.ts";
import { workloadHealth, type WorkloadHealth } from "./state.ts";

export interface SiteReport {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly hostname: string;
  readonly address: string;
  readonly address6: string | null;
  /** Loopback address of this machine where the same ports are published. */
  readonly published: string | null;
  readonly ports: Readonly<Record<string, number>>;
  readonly healthy: boolean;
  readonly workloads: readonly WorkloadHealth[];
}

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

/** @throws SettingsError when the stack's settings are not sound */
export async function stackReport(stack: string): Promise<StackReport> {
  const settings = await stackSettings(stack, isLocal(stack));
  const planned: Plan = plan(stack, settings);
  const sites = await Promise.all(
    planned.sites.map((site, index) => siteReport(stack, site, published(settings.sites[index]), settings)),
  );
  const worldWorkloads = planned.world === undefined ? [] : await groupHealth(stack, planned.world);
  const world = { healthy: worldWorkloads.every(({ healthy }) => healthy), workloads: worldWorkloads };
  if (isLocal(stack)) await keepCaFresh(stack, `acme.${settings.infrastructureDomain}`);
  const users = Object.entries(await localUsers(stack)).map(([address, password]) => ({ address, password }));
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

function published(site: SiteSettings | undefined): string | undefined {
  return site?.platform === "local" ? site.publishAddress : undefined;
}

async function siteReport(
  stack: string,
  site: SitePlan,
  published: string | undefined,
  settings: Settings,
): Promise<SiteReport> {
  const workloads = await groupHealth(stack, site);
  return {
    name: site.name,
    roles: site.roles,
    hostname: site.hostname,
    address: literal(site.ingress.v4),
    address6: site.ingress.v6 === undefined ? null : literal(site.ingress.v6),
    published: published ?? null,
    ports: { ...sitePorts(site.roles, settings.imap143), ...webPorts(webDomains(settings).length > 0) },
    healthy: workloads.every(({ healthy }) => healthy),
    workloads,
  };
}

function groupHealth(stack: string, group: GroupPlan): Promise<WorkloadHealth[]> {
  const folder = releaseFolder(stack, group.name);
  return Promise.all(group.workloads.map(({ name }) => workloadHealth(folder, name)));
}
