/** `bench footprint`: what each workload of a site holds in memory, idle and after mail has gone through it. */
import { setTimeout as delay } from "node:timers/promises";
import { readFile } from "node:fs/promises";
import { say, table, within } from "../tools/console.ts";
import { memoryOf, type ProcessMemory } from "./containers.ts";
import { load } from "./load.ts";
import { saveFigures } from "./report.ts";
import { withBench, type Bench } from "./stack.ts";

/** Until processes that only a start or a session needed have ended. */
const SETTLE_MS = 180_000;
const MESSAGES = 1000;

type Memory = Readonly<Record<string, readonly ProcessMemory[]>>;

export function footprint(): Promise<void> {
  return withBench(async (bench) => {
    await within("Standing idle", () => delay(SETTLE_MS));
    const idle = await siteMemory(bench);
    const loaded = await within(`${MESSAGES} messages`, () => underLoad(bench));
    await within("Standing idle again", () => delay(SETTLE_MS));
    const afterwards = await siteMemory(bench);
    const states = { idle, loaded, afterwards };
    const rows = Object.keys(idle)
      .sort((a, b) => total(idle[b]) - total(idle[a]))
      .map((name) => [name, ...Object.values(states).map((memory) => total(memory[name]).toFixed(1))]);
    const sums = Object.values(states).map((memory) => sum(Object.values(memory).flat()).toFixed(1));
    say(`\n${table([["WORKLOAD, MIB", "IDLE", "LOADED", "IDLE AGAIN"], ...rows, ["the site", ...sums]])}\n`);
    await saveFigures("footprint", { unit: "MiB of proportional set size", messages: MESSAGES, ...states });
  });
}

const sum = (processes: readonly ProcessMemory[]): number => processes.reduce((all, { mib }) => all + mib, 0);
const total = (processes: readonly ProcessMemory[] | undefined): number => sum(processes ?? []);

async function siteMemory({ containers }: Bench): Promise<Memory> {
  const each = Object.entries(containers).map(async ([name, id]) => [name, await memoryOf(id)] as const);
  return Object.fromEntries(await Promise.all(each));
}

/** The most of several looks at each workload while mail is coming in. */
async function underLoad(bench: Bench): Promise<Memory> {
  const { report, site, logins } = bench;
  const ca = report.ca === null ? "" : await readFile(report.ca, "utf8");
  const done = new AbortController();
  const mail = load({
    smtp: { host: site.address, port: 25 },
    imap: { host: site.address, port: 993, tls: { servername: site.hostname, ca } },
    helo: "mail.outside.test",
    sender: "visitor@outside.test",
    mailboxes: [...logins],
    messages: MESSAGES,
    sessions: 10,
    singles: 0,
    bytes: 10 * 1024,
    seed: 1,
  }).finally(() => done.abort());
  const most: Record<string, readonly ProcessMemory[]> = {};
  while (!done.signal.aborted) {
    for (const [name, memory] of Object.entries(await siteMemory(bench))) {
      if (total(memory) > total(most[name])) most[name] = memory;
    }
    await Promise.race([mail, delay(1000)]);
  }
  await mail;
  return most;
}
