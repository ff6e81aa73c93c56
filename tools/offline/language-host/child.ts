/** Child processes of the host: each ends when its call is cancelled or the host itself is told to stop. */
import { spawn, type ChildProcess } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";

/** How a child is started. */
export interface ChildOptions {
  readonly arguments: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where its output goes; without it, to the host's own output, which the engine reads. */
  readonly output?: { readonly stdout: (chunk: Buffer) => void; readonly stderr: (chunk: Buffer) => void };
  /** @default the Node that runs the host */
  readonly command?: string;
}

/** How a child ended: its exit code, or the signal that killed it. */
export type ChildEnd = { readonly code: number } | { readonly signal: string };

/** What Node itself is told before a runner of the SDK. In one word each: the SDK looks for `--import` as a word. */
export const RUNNER_FLAGS: readonly string[] = [
  "--disable-warning=ExperimentalWarning",
  `--import=${new URL("true-frames.ts", import.meta.url).href}`,
];

/** After an interrupt a child has this long, in milliseconds, before it is killed. */
const GRACE_MILLISECONDS = 5_000;

const running = new Set<ChildProcess>();

/** Starts a child and waits for its end. `cancelled` is asked to call back when the child is to be interrupted. */
export function runChild(options: ChildOptions, cancelled?: (interrupt: () => void) => void): Promise<ChildEnd> {
  const child = spawn(options.command ?? process.execPath, options.arguments, {
    cwd: options.directory,
    env: options.environment,
    stdio: options.output === undefined ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  if (options.output !== undefined) {
    child.stdout?.on("data", options.output.stdout);
    child.stderr?.on("data", options.output.stderr);
  }
  cancelled?.(() => {
    interrupt(child);
  });
  return new Promise((resolve, reject) => {
    child.on("error", (error) => {
      running.delete(child);
      reject(error);
    });
    // `close`, not `exit`: all output has been read by then.
    child.on("close", (code, signal) => {
      running.delete(child);
      resolve(code === null ? { signal: signal ?? "unknown" } : { code });
    });
  });
}

/** Interrupts every child and waits until all have ended. */
export async function stopChildren(): Promise<void> {
  const children = [...running];
  const ends = children.map((child) => new Promise((resolve) => child.once("close", resolve)));
  children.forEach(interrupt);
  await Promise.all(ends);
}

function interrupt(child: ChildProcess): void {
  child.kill("SIGINT");
  setTimeout(() => child.kill("SIGKILL"), GRACE_MILLISECONDS).unref();
}

/**
 * Finds a script of the SDK as the program would.
 *
 * @throws {Error} when the SDK is not installed there
 */
export function locateScript(script: string, programDirectory: string): string {
  try {
    return createRequire(join(programDirectory, "package.json")).resolve(script);
  } catch {
    throw new Error(
      `The Pulumi SDK (@pulumi/pulumi) is not installed for ${programDirectory}; run npm ci there, then try again.`,
    );
  }
}
