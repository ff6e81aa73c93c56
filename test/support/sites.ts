/** What tests of several sites need, and what they do to sites and to the networks between them. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { inject } from "vitest";
import { accessTo, type Access, type Account } from "../../tools/site/clients.ts";
import { hurryOutside } from "../../tools/site/outside.ts";
import { stackReport, type SiteReport, type StackReport } from "../../tools/site/report.ts";
import { containerOf, docker } from "./system.ts";

const execute = promisify(execFile);

export interface SitesFixture {
  readonly stack: string;
  readonly report: StackReport;
  readonly site: (name: string) => SiteReport;
  readonly access: (site: string) => Promise<Access>;
  readonly user: (address: string) => Account;
}

export async function sitesFixture(): Promise<SitesFixture> {
  const stack = inject("stack");
  await hurryOutside(stack);
  const report = await stackReport(stack);
  const site = (name: string): SiteReport => found(report.sites, (one) => one.name === name, `site ${name}`);
  return {
    stack,
    report,
    site,
    access: (name) => accessTo(report, site(name)),
    user: (address) => found(report.users, (one) => one.address === address, `user ${address}`),
  };
}

function found<T>(list: readonly T[], is: (one: T) => boolean, what: string): T {
  const one = list.find(is);
  if (one === undefined) throw new Error(`The stack has no ${what}.`);
  return one;
}

/** All containers of a site, the one first whose network the others share. */
async function containersOf(stack: string, site: string): Promise<string[]> {
  const net = await containerOf(stack, site, "net");
  const labels = [`label=mailkeep.stack=${stack}`, `label=mailkeep.site=${site}`];
  const all = await docker("ps", "--quiet", "--no-trunc", ...labels.flatMap((label) => ["--filter", label]));
  return [net, ...all.split("\n").filter((id) => id !== "" && id !== net)];
}

/** Kills a whole site at once, as a power cut does. @returns what brings it back */
export async function killSite(stack: string, site: string): Promise<() => Promise<void>> {
  const containers = await containersOf(stack, site);
  await docker("kill", ...containers);
  return async () => {
    const [net = "", ...others] = containers;
    await docker("start", net);
    await docker("start", ...others);
  };
}

/** How packets between two sites fare. */
export type Damage =
  /** Everything from the one to the other is lost. */
  | { readonly kind: "drop" }
  /** Every so many packets one is lost, at random. */
  | { readonly kind: "lossy"; readonly probability: number }
  /** No more than this gets through, and what is beyond it is lost. */
  | { readonly kind: "narrow"; readonly kilobytesPerSecond: number };

/**
 * Damages what comes in at one site from another, until what is returned is called.
 *
 * @param to where packets are lost, in its own network
 */
export async function damage(stack: string, from: SiteReport, to: string, how: Damage): Promise<() => Promise<void>> {
  const pid = (await docker("inspect", "--format", "{{.State.Pid}}", await containerOf(stack, to, "net"))).trim();
  const rule = ["INPUT", "-s", from.address, ...victims(how), "-j", "DROP"];
  const iptables = (...args: readonly string[]): Promise<{ stdout: string }> =>
    execute("nsenter", ["--target", pid, "--net", "iptables", "--wait", ...args]);
  await iptables("--append", ...rule);
  return async () => {
    const { stdout } = await iptables("--list-rules", "INPUT", "--verbose");
    await iptables("--delete", ...rule);
    const lost = stdout.split("\n").find((line) => line.includes(`-s ${from.address}/32 `) && line.endsWith("-j DROP"));
    if (lost === undefined || / -c 0 0 /.test(lost)) throw new Error(`Nothing from ${from.name} was lost at ${to}.`);
  };
}

/** Which packets are lost, as matches of iptables. */
function victims(how: Damage): string[] {
  if (how.kind === "drop") return [];
  if (how.kind === "lossy") return ["-m", "statistic", "--mode", "random", "--probability", String(how.probability)];
  const rate = `${how.kilobytesPerSecond}kb/s`;
  // Bridges put several packets into one, and what is larger than the burst would never get through.
  return ["-m", "hashlimit", "--hashlimit-name", "narrow", "--hashlimit-above", rate, "--hashlimit-burst", "16kb"];
}

/** Both ways at once. */
export async function damageBetween(
  stack: string,
  one: SiteReport,
  other: SiteReport,
  how: Damage,
): Promise<() => Promise<void>> {
  const mends = await Promise.all([damage(stack, one, other.name, how), damage(stack, other, one.name, how)]);
  return async () => {
    await Promise.all(mends.map((mend) => mend()));
  };
}

/** A figure from the page that a workload's keeper, or HAProxy, serves to Prometheus. */
export async function metric(
  stack: string,
  site: string,
  workload: string,
  url: string,
  name: string,
): Promise<number> {
  const container = await containerOf(stack, site, workload);
  const pid = (await docker("inspect", "--format", "{{.State.Pid}}", container)).trim();
  const fetchPage = `fetch(${JSON.stringify(url)}).then(async (page) => process.stdout.write(await page.text()))`;
  const { stdout } = await execute("nsenter", ["--target", pid, "--net", process.execPath, "--eval", fetchPage]);
  const line = stdout.split("\n").find((one) => one.startsWith(`${name} `));
  if (line === undefined) throw new Error(`${url} of ${workload} of ${site} has no ${name}.`);
  return Number(line.slice(name.length));
}
