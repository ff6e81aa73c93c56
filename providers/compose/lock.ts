/** One run at a time may change a release. */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { z } from "zod";
import { CommandError, script } from "./host.ts";
import type { Host } from "./host.ts";
import type { Log } from "./engine.ts";

/** Written to the file `lock` beside the release. */
const owner = z.object({
  pid: z.int(),
  /** In clock ticks since the machine's boot: a process id alone may be in use again. */
  started: z.string(),
  machine: z.string(),
  since: z.string(),
});
/** Who holds a lock. */
export type Owner = z.infer<typeof owner>;

const HELD = 9;
const ACQUIRE = `
mkdir -p "$1"
if (set -C; printf '%s\\n' "$2" > "$1/lock") 2>/dev/null; then exit 0; fi
cat "$1/lock" 2>/dev/null || exit 1
exit ${HELD}
`;
/** Moves the dead owner's file away, but never one that another run has put there meanwhile. */
const TAKE_OVER = `
mv "$1/lock" "$1/lock.dead-$3"
if [ "$(cat "$1/lock.dead-$3")" = "$2" ]; then rm "$1/lock.dead-$3"; else mv -n "$1/lock.dead-$3" "$1/lock"; fi
`;

/** Does `work` while holding the lock of a directory. */
export async function withLock<T>(host: Host, directory: string, log: Log, work: () => Promise<T>): Promise<T> {
  await acquire(host, directory, log);
  try {
    return await work();
  } finally {
    await script(host, "giving the lock back", 'rm -f "$1/lock"', directory);
  }
}

async function acquire(host: Host, directory: string, log: Log): Promise<void> {
  const own = JSON.stringify(ownerOfThisRun());
  for (const attempt of [1, 2, 3]) {
    const finished = await host.run(["sh", "-ec", ACQUIRE, "sh", directory, own]);
    if (finished.code === 0) return;
    if (finished.code !== HELD) {
      if (attempt < 3 && finished.stderr === "") continue; // given back between the two looks
      throw new CommandError(host, `making the folder ${directory}`, finished);
    }
    const held = finished.stdout.trim();
    const other = parseOwner(held);
    if (other !== undefined && !isGone(other)) throw new Error(heldSentence(other, directory, host));
    log.warn(`Took over the lock of ${directory}: the run that held it (${describe(other)}) has ended.`);
    await host.run(["sh", "-ec", TAKE_OVER, "sh", directory, held, String(process.pid)]);
  }
  throw new Error(`The lock ${directory}/lock on ${host.name} changes hands all the time; run this command again.`);
}

function heldSentence(other: Owner, directory: string, host: Host): string {
  const remedy =
    other.machine === hostname()
      ? "Wait until it has finished, or end it, and run this command again."
      : `If you are sure that it does not run any more, delete that file and run this command again.`;
  return `Another run is changing this release: ${describe(other)} holds ${directory}/lock on ${host.name}. ${remedy}`;
}

function describe(other: Owner | undefined): string {
  return other === undefined ? "unknown" : `process ${other.pid} on ${other.machine}, since ${other.since}`;
}

function parseOwner(text: string): Owner | undefined {
  try {
    return owner.parse(JSON.parse(text));
  } catch {
    return undefined; // cut off in the middle of its line: its writer died
  }
}

/** Whether a run has surely ended; one on another machine never is. */
export function isGone(other: Owner, machine = hostname(), startOf = processStart): boolean {
  return other.machine === machine && startOf(other.pid) !== other.started;
}

function ownerOfThisRun(): Owner {
  const started = processStart(process.pid) ?? "";
  return { pid: process.pid, started, machine: hostname(), since: new Date().toISOString() };
}

/** When a process started, as the kernel says; an empty text where there is no /proc, undefined for no such process. */
function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    try {
      process.kill(pid, 0);
      return "";
    } catch {
      return undefined;
    }
  }
}
