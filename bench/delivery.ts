/**
 * `bench delivery`: from SMTP until it can be read by IMAP, at one site with the filter on, against the same daemons as
 * packaged. All sides take turns within one run, and whoever is not measured stands still.
 */
import { readFile } from "node:fs/promises";
import { loadavg } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { say, step, table } from "../tools/console.ts";
import { docker } from "../tools/site/docker.ts";
import { stackReport } from "../tools/site/report.ts";
import { withBare, type Bare, type Milter } from "./bare.ts";
import { cpuSecondsOf, memoryMib } from "./containers.ts";
import { median, percentile } from "./figures.ts";
import type { Job } from "./load/job.ts";
import { load } from "./load.ts";
import { saveFigures } from "./report.ts";
import { STACK, withBench, type Bench } from "./stack.ts";

export interface DeliveryArgs {
  readonly messages: number;
  readonly rounds: number;
}

const SESSIONS = 10;
const BYTES = 10 * 1024;
const SINGLES = 50;
/** Sent before anything is measured, so that processes run and caches are filled. */
const WARM_UP = 100;

/** One of those that are compared. */
interface Side {
  readonly name: string;
  readonly target: Pick<Job, "smtp" | "imap">;
  /** By workload. */
  readonly containers: Readonly<Record<string, string>>;
  readonly prepare: () => Promise<void>;
}

interface Round {
  readonly messagesPerSecond: number;
  readonly acceptedPerSecond: number;
  readonly cpuMsPerMessage: number;
  readonly cpuMsByWorkload: Readonly<Record<string, number>>;
  readonly memoryMib: number;
  readonly singleMs: readonly number[];
  /** Share of one core that the load program itself took. */
  readonly loadShare: number;
  readonly loadAverage: number;
}

export function delivery(args: DeliveryArgs): Promise<void> {
  return withBench((bench) =>
    withBare(bench, async (bare) => {
      const sides = [await ours(bench), theirs(bare, "unix"), theirs(bare, "tcp")];
      const rounds = new Map<string, Round[]>(sides.map(({ name }) => [name, []]));
      await still(sides);
      for (let round = 0; round < args.rounds; round += 1) {
        for (const side of sides) rounds.get(side.name)?.push(await measure(bench, side, args.messages, round));
      }
      for (const side of sides) await docker("unpause", ...Object.values(side.containers)).catch(() => undefined);
      await tell(args, rounds);
    }),
  );
}

async function ours({ site, containers, report }: Bench): Promise<Side> {
  const ca = report.ca === null ? "" : await readFile(report.ca, "utf8");
  return {
    name: "mailkeep",
    target: {
      smtp: { host: site.address, port: 25 },
      imap: { host: site.address, port: 993, tls: { servername: site.hostname, ca } },
    },
    containers,
    prepare: untilHealthy,
  };
}

function theirs(bare: Bare, milter: Milter): Side {
  return {
    name: `bare, milter on ${milter === "tcp" ? "TCP" : "a UNIX socket"}`,
    target: { smtp: { host: bare.address, port: 25 }, imap: { host: bare.address, port: 143 } },
    containers: { bare: bare.container },
    prepare: () => bare.use(milter),
  };
}

/** Stops all sides where they are; each is waked for its turn. */
async function still(sides: readonly Side[]): Promise<void> {
  for (const id of new Set(sides.flatMap(({ containers }) => Object.values(containers)))) await docker("pause", id);
}

async function measure(bench: Bench, side: Side, messages: number, round: number): Promise<Round> {
  const running = step(`Round ${round + 1}: ${side.name}`);
  const containers = Object.values(side.containers);
  await docker("unpause", ...containers);
  try {
    await side.prepare();
    const job = {
      ...side.target,
      helo: "mail.outside.test",
      sender: "visitor@outside.test",
      mailboxes: [...bench.logins],
      sessions: SESSIONS,
      bytes: BYTES,
      seed: 1 + round * 100_000,
    };
    await load({ ...job, messages: WARM_UP, singles: 2 });
    let before: Readonly<Record<string, number>> = {};
    const burst = await load({ ...job, messages, singles: 0 }, async () => {
      before = await cpuSecondsOf(side.containers);
    });
    const after = await cpuSecondsOf(side.containers);
    const cpuMsByWorkload = Object.fromEntries(
      Object.entries(after).map(([name, seconds]) => [name, ((seconds - (before[name] ?? 0)) * 1000) / messages]),
    );
    const { singleMs } = await load({ ...job, messages: 0, singles: SINGLES });
    const memory = await Promise.all(containers.map(memoryMib));
    const result = {
      messagesPerSecond: messages / burst.readableSeconds,
      acceptedPerSecond: messages / burst.acceptedSeconds,
      cpuMsPerMessage: Object.values(cpuMsByWorkload).reduce((sum, ms) => sum + ms, 0),
      cpuMsByWorkload,
      memoryMib: memory.reduce((sum, mib) => sum + mib, 0),
      singleMs,
      loadShare: burst.cpuSeconds / burst.readableSeconds,
      loadAverage: loadavg()[0] ?? 0,
    };
    running.done(
      `${result.messagesPerSecond.toFixed(0)} messages a second, ${result.cpuMsPerMessage.toFixed(1)} ms of CPU each, ${median(singleMs).toFixed(0)} ms to IMAP`,
    );
    return result;
  } finally {
    await docker("pause", ...containers);
  }
}

/** The keepers go on where they stood; their state is old until they have written it anew. */
async function untilHealthy(): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await stackReport(STACK)).healthy) {
    if (performance.now() > end)
      throw new Error("the stack is not healthy a minute after it was stopped for its rival");
    await delay(500);
  }
}

async function tell(args: DeliveryArgs, rounds: ReadonlyMap<string, readonly Round[]>): Promise<void> {
  const sides = [...rounds].map(([name, all]) => {
    const of = (figure: (round: Round) => number): number => median(all.map(figure));
    const singles = all.flatMap(({ singleMs }) => singleMs);
    return {
      name,
      messagesPerSecond: of(({ messagesPerSecond }) => messagesPerSecond),
      acceptedPerSecond: of(({ acceptedPerSecond }) => acceptedPerSecond),
      cpuMsPerMessage: of(({ cpuMsPerMessage }) => cpuMsPerMessage),
      memoryMib: of(({ memoryMib: mib }) => mib),
      latencyMs: { median: median(singles), p95: percentile(singles, 0.95) },
      loadShare: of(({ loadShare }) => loadShare),
      loadAverage: of(({ loadAverage }) => loadAverage),
      rounds: all,
    };
  });
  const [own, ...rivals] = sides;
  const ratios = rivals.map(({ name, messagesPerSecond, cpuMsPerMessage }) => ({
    against: name,
    messagesPerSecond: (own?.messagesPerSecond ?? Number.NaN) / messagesPerSecond,
    cpuMsPerMessage: (own?.cpuMsPerMessage ?? Number.NaN) / cpuMsPerMessage,
  }));
  const rows = sides.map((side) => [
    side.name,
    side.messagesPerSecond.toFixed(0),
    side.acceptedPerSecond.toFixed(0),
    side.cpuMsPerMessage.toFixed(1),
    side.memoryMib.toFixed(0),
    side.latencyMs.median.toFixed(0),
    side.latencyMs.p95.toFixed(0),
    `${(side.loadShare * 100).toFixed(0)} %`,
    side.loadAverage.toFixed(1),
  ]);
  const heading = ["SIDE", "READABLE/S", "ACCEPTED/S", "CPU MS", "MIB", "MS TO IMAP", "95TH", "LOAD'S CPU", "LOAD AVG"];
  say(`\n${table([heading, ...rows])}\n`);
  for (const { against, ...ratio } of ratios) {
    say(
      `Against ${against}: ${ratio.messagesPerSecond.toFixed(2)} of its rate, ${ratio.cpuMsPerMessage.toFixed(2)} of its CPU.`,
    );
  }
  say(`\n${table([["WORKLOAD", "CPU MS"], ...whereItGoes(rounds.get("mailkeep") ?? [])])}`);
  await saveFigures("delivery", { ...args, sessions: SESSIONS, bytes: BYTES, sides, ratios });
}

/** The workloads of our side, the dearest first, with the median of what a message cost each. */
function whereItGoes(rounds: readonly Round[]): string[][] {
  const names = Object.keys(rounds[0]?.cpuMsByWorkload ?? {});
  return names
    .map((name) => ({ name, ms: median(rounds.map(({ cpuMsByWorkload }) => cpuMsByWorkload[name] ?? 0)) }))
    .sort((a, b) => b.ms - a.ms)
    .map(({ name, ms }) => [name, ms.toFixed(2)]);
}
