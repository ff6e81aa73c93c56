/** Runs other programs. Everything here asks for a {@link Runner}, so that tests can stand in for the machine. */
import { spawn } from "node:child_process";

/** How a program is run. */
export interface RunOptions {
  readonly cwd?: string;
  /** Added to the environment of this process; `undefined` takes a variable out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** @default no limit */
  readonly timeoutMs?: number;
  /** Ends the program when it is raised. */
  readonly signal?: AbortSignal;
  /** Told each line of standard output and standard error as it comes. */
  readonly onLine?: (line: string) => void;
  /** Written to standard input, which is empty otherwise. */
  readonly input?: string;
}

/** How it ended, and all that it said. */
export interface RunResult {
  /** Exit code; 127 where the program is not there, 124 where the time was up, 128 where a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. It never rejects: what went wrong is in the result. */
export type Runner = (command: string, args: readonly string[], options?: RunOptions) => Promise<RunResult>;

/** On this machine. A program that ends badly is no error here: see its code. */
export const run: Runner = (command, args, options = {}) =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    let timedOut = false;
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            child.kill("SIGKILL");
          }, options.timeoutMs);
    options.signal?.addEventListener("abort", () => child.kill("SIGTERM"), { once: true });
    const stdout = collect(child.stdout, options.onLine);
    const stderr = collect(child.stderr, options.onLine);
    const end = (code: number, extra = "") => {
      clearTimeout(timer);
      resolve({ code, stdout: stdout(), stderr: stderr() + extra });
    };
    // A missing program ends in "error" alone; writing to it would raise EPIPE, which says nothing more.
    child.on("error", (error) => end(127, error.message));
    child.on("close", (code) => end(timedOut ? 124 : (code ?? 128)));
    child.stdin.on("error", () => {});
    child.stdin.end(options.input ?? "");
  });

/** The first line of a program's output, or undefined where it failed: for questions such as `docker version`. */
export async function ask(
  runner: Runner,
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string | undefined> {
  const { code, stdout } = await runner(command, args, { timeoutMs: 10_000, ...options });
  return code === 0 ? (stdout.split("\n")[0] ?? "").trim() : undefined;
}

/** The last lines of what a failed program said, for the sentence that reports it. */
export function lastLines(result: RunResult, count = 30): string {
  return `${result.stdout}\n${result.stderr}`
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(-count)
    .join("\n");
}

function collect(stream: NodeJS.ReadableStream, onLine: ((line: string) => void) | undefined): () => string {
  const chunks: string[] = [];
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    chunks.push(chunk);
    if (onLine === undefined) return;
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  });
  stream.on("end", () => {
    if (onLine !== undefined && rest !== "") onLine(rest);
  });
  return () => chunks.join("");
}
