/** The command line as npm's scripts start it. */
import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "../../tools/paths.ts";

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  /** Both streams. */
  readonly output: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** What it has said so far. */
  readonly output: () => string;
  readonly ended: Promise<Ended>;
}

/**
 * Starts `npm run <command>` as npm would, in a process group of its own.
 *
 * @param root another checkout than this one
 */
export function startMailkeep(
  args: readonly string[],
  { root = ROOT, env = {}, input = "" }: { root?: string; env?: NodeJS.ProcessEnv; input?: string } = {},
): Running {
  const child = spawn("node", [join(root, "tools", "start.mjs"), ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  let [stdout, output] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stdin.end(input);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, output }));
  });
  return { child, output: () => output, ended };
}

/** Runs it to its end. */
export function mailkeep(...args: readonly string[]): Promise<Ended> {
  return startMailkeep(args).ended;
}

/** Brings a stack up. @throws Error with the end of what was said, where that fails */
export async function bringUpWell(stack: string): Promise<void> {
  const { code, output } = await mailkeep("up", stack, "--yes");
  if (code !== 0) throw new Error(`up ended with ${String(code)}:\n${output.slice(-3000)}`);
}
