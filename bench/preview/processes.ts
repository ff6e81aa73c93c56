/** CPU time and memory of Pulumi and of all that it starts, by what each process is there for. */
import { readdirSync, readFileSync } from "node:fs";

export const PARTS = ["engine", "program", "packs", "plugins"] as const;
export type Part = (typeof PARTS)[number];

export interface Used {
  readonly cpuSeconds: number;
  /** The most that the processes of this part have held, each for itself, added up. */
  readonly peakMib: number;
}

interface Seen extends Used {
  readonly part: Part;
}

const EVERY_MS = 50;
/** `sysconf(_SC_CLK_TCK)` of Linux on every platform that Node.js runs on. */
const TICKS_A_SECOND = 100;

/** Looks at a process and its descendants until it is told to stop. What a process uses after the last look is missed. */
export function watch(pid: number): () => Readonly<Record<Part, Used>> {
  const seen = new Map<number, Seen>();
  const look = (): void => {
    for (const one of descendants(pid)) {
      const now = usedBy(one, one === pid);
      if (now !== undefined) seen.set(one, now);
    }
  };
  const timer = setInterval(look, EVERY_MS);
  return () => {
    clearInterval(timer);
    const sum = (part: Part): Used =>
      [...seen.values()]
        .filter((one) => one.part === part)
        .reduce((all, one) => ({ cpuSeconds: all.cpuSeconds + one.cpuSeconds, peakMib: all.peakMib + one.peakMib }), {
          cpuSeconds: 0,
          peakMib: 0,
        });
    return { engine: sum("engine"), program: sum("program"), packs: sum("packs"), plugins: sum("plugins") };
  };
}

function descendants(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const parent = parentOf(pid);
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const below = (pid: number): number[] => [pid, ...(children.get(pid) ?? []).flatMap(below)];
  return below(root);
}

function parentOf(pid: number): number | undefined {
  const parent = statOf(pid)?.[1];
  return parent === undefined ? undefined : Number(parent);
}

/** The fields of proc_pid_stat(5) from the third on; a command's name may have blanks and brackets in it. */
function statOf(pid: number): readonly string[] | undefined {
  const text = read(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(")") + 2).split(" ");
}

function usedBy(pid: number, root: boolean): Seen | undefined {
  const [stat, status, command] = [statOf(pid), read(`/proc/${pid}/status`), read(`/proc/${pid}/cmdline`)];
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(status ?? "")?.[1];
  if (stat === undefined || kib === undefined || command === undefined) return undefined;
  const ticks = Number(stat[11]) + Number(stat[12]);
  return { part: partOf(command, root), cpuSeconds: ticks / TICKS_A_SECOND, peakMib: Number(kib) / 1024 };
}

function partOf(command: string, root: boolean): Part {
  if (root) return "engine";
  if (command.includes("run-policy-pack")) return "packs";
  return /@pulumi\/pulumi\/cmd\/run[\0/]/.test(command) ? "program" : "plugins";
}

/** Undefined for a process that has ended. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
