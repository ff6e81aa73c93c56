/** `status`: sites, workloads, health, versions. Exit code 0 when all is healthy, 1 otherwise. */
import { fail, say, table } from "../console.ts";
import { stackReport, type StackReport } from "../site/report.ts";
import { stackArguments } from "../stack/arguments.ts";
import { stackExists } from "../stack/settings.ts";

export async function run(args: readonly string[]): Promise<number> {
  const { stack, flags } = stackArguments(args, ["json"]);
  if (!stackExists(stack)) fail(`There is no stack ${stack} here yet: \`npm run up\` makes the local one.`);
  const report = await stackReport(stack);
  if (flags.has("json")) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else say(`${describeSites(report)}\n\n${describeWorkloads(report)}`);
  return report.healthy ? 0 : 1;
}

/** A line for each site, and a sentence for each that could not be asked, or has no Docker any more. */
export function describeSites(report: StackReport): string {
  const rows = table([
    ["SITE", "ROLES", "NAME", "ADDRESSES", "ON THIS MACHINE", "HEALTH"],
    ...report.sites.map((site) => [
      site.name,
      site.roles.join(" "),
      site.hostname,
      [site.address, site.address6].filter(Boolean).join(" ") || "-",
      site.published ?? "-",
      site.silent !== null ? "NOT KNOWN" : site.healthy ? "healthy" : "NOT HEALTHY",
    ]),
  ]);
  const troubles = report.sites.flatMap(({ name, silent, docker }) =>
    [silent, docker].flatMap((why) => (why === null ? [] : [`${name}: ${why}`])),
  );
  return [rows, ...troubles].join("\n");
}

/** A sentence for each thing that is yet to come, such as certificates for names that do not lead to the sites yet. */
export function describePending(report: StackReport): string[] {
  return report.sites.flatMap(({ name, workloads }) =>
    workloads.flatMap(({ healthy, trouble }) => (healthy && trouble !== "" ? [`${name}: ${trouble}`] : [])),
  );
}

function describeWorkloads(report: StackReport): string {
  const groups = [...report.sites, { name: "world", workloads: report.world.workloads }];
  return table([
    ["WHERE", "WORKLOAD", "HEALTH", "RESTARTS", "VERSION", ""],
    ...groups.flatMap(({ name, workloads }) =>
      workloads.map((workload) => [
        name,
        workload.name,
        workload.healthy ? "healthy" : "NOT HEALTHY",
        String(workload.restarts),
        workload.version,
        workload.trouble,
      ]),
    ),
  ]);
}
