/** The stack that benchmarks run on: one site of the local world with limits out of the way, brought up and taken down here. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { fail } from "../tools/console.ts";
import { ROOT, stackFile } from "../tools/paths.ts";
import { docker } from "../tools/site/docker.ts";
import { stackReport, type SiteReport, type StackReport } from "../tools/site/report.ts";

export const STACK = "local-bench";
export const DOMAIN = "home.test";
/** As many mailboxes as a run spreads its mail over. */
export const MAILBOXES = Array.from({ length: 20 }, (_, i) => `b${String(i + 1).padStart(2, "0")}@${DOMAIN}`);

export interface Bench {
  readonly report: StackReport;
  readonly site: SiteReport;
  /** Containers of the site by workload. */
  readonly containers: Readonly<Record<string, string>>;
  readonly logins: readonly { readonly address: string; readonly password: string }[];
}

/** Brings the stack up, does some work on it, and takes it down with its mail, whatever happens. */
export async function withBench<T>(work: (bench: Bench) => Promise<T>): Promise<T> {
  await refuseOthers();
  writeSettings();
  try {
    mailkeep("up", STACK, "--yes");
    return await work(await bench());
  } finally {
    mailkeep("down", STACK, "--yes", "--delete-mail");
  }
}

/** The same command as a user's. */
export function mailkeep(...args: readonly string[]): void {
  const start = join(ROOT, "tools", "start.mjs");
  const { status } = spawnSync(process.execPath, [start, ...args], { cwd: ROOT, stdio: ["ignore", 2, 2] });
  if (status !== 0) fail(`mailkeep ${args.join(" ")} ended with ${String(status)}: see above.`);
}

async function bench(): Promise<Bench> {
  const report = await stackReport(STACK);
  const [site] = report.sites;
  if (site === undefined) return fail(`The stack ${STACK} has no site.`);
  const format = '{{.Label "mailkeep.workload"}} {{.ID}}';
  const labels = [`label=mailkeep.stack=${STACK}`, `label=mailkeep.site=${site.name}`];
  const list = await docker("ps", "--no-trunc", ...labels.flatMap((label) => ["--filter", label]), "--format", format);
  const containers = Object.fromEntries(
    list
      .trim()
      .split("\n")
      .map((line) => line.split(" "))
      .flatMap(([name, id]) => (name === undefined || id === undefined ? [] : [[name, id] as const])),
  );
  return { report, site, containers, logins: report.users.filter(({ address }) => MAILBOXES.includes(address)) };
}

/** The world of a local stack has fixed addresses, so there is room for one. */
async function refuseOthers(): Promise<void> {
  const running = await docker("ps", "--filter", "label=mailkeep.stack", "--format", '{{.Label "mailkeep.stack"}}');
  const others = [...new Set(running.split("\n"))].filter((name) => name !== "" && name !== STACK).join(", ");
  if (others !== "") {
    fail(
      `The stack ${others} is up and has the addresses that the benchmark needs: \`npm run down -- ${others}\` first (mail is kept).`,
    );
  }
}

const fileSchema = z.looseObject({
  config: z.looseObject({
    "mailkeep:mailboxes": z.array(z.unknown()),
    "mailkeep:sites": z.array(z.unknown()),
  }),
});

function writeSettings(): void {
  const document = fileSchema.parse(parse(readFileSync(join(ROOT, "stacks", "local.yaml"), "utf8")));
  document.config["mailkeep:mailboxes"].push(...MAILBOXES.map((address) => ({ address })));
  document.config["mailkeep:sites"].splice(1);
  document.config["mailkeep:limits"] = {
    connectionsPerClient: 100,
    connectionsPerClientPerMinute: 100_000,
    messagesPerClientPerMinute: 100_000,
    messagesPerUserPerMinute: 100_000,
    recipientsPerUserPerDay: 1_000_000,
  };
  writeFileSync(stackFile(STACK), stringify(document));
}
