/** A machine that runs Docker, reached one way or another. All that differs between ways of reaching it is here. */
import type { Tree } from "./layout.ts";

/** How a command has ended. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a command reads, and how long it may take. */
export interface RunOptions {
  readonly input?: string | Uint8Array;
  /** @default 60 */
  readonly timeoutSeconds?: number;
}

/** What is done on such a machine. */
export interface Host {
  /** How sentences name it, such as `this machine`. */
  readonly name: string;
  /** Command and first arguments of the Docker client there. */
  readonly docker: readonly string[];
  /** The same for Compose. */
  readonly compose: readonly string[];
  /** Runs a command; one that cannot be found ends with code 127, as in a shell. */
  readonly run: (command: readonly string[], options?: RunOptions) => Promise<Finished>;
  /** Puts a folder there as a whole or not at all, in place of what was there. */
  readonly putTree: (folder: string, tree: Tree) => Promise<void>;
  /** Contents by path; files that are not there are left out. */
  readonly readFiles: (paths: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** Takes images of this machine there; absent where Docker there is this machine's own. */
  readonly carryImages?: (images: readonly string[]) => Promise<void>;
}

/** A command failed that should not have. */
export class CommandError extends Error {
  readonly finished: Finished;
  constructor(host: Host, what: string, finished: Finished) {
    const lines = lastLines(`${finished.stdout}\n${finished.stderr}`, 20);
    super(`On ${host.name}, ${what} failed with exit code ${finished.code}:\n${lines}`);
    this.finished = finished;
  }
}

/** Runs a shell script with arguments (`$1`, ...); gives its output, or throws what it said. */
export async function script(host: Host, what: string, text: string, ...args: readonly string[]): Promise<string> {
  const finished = await host.run(["sh", "-ec", text, "sh", ...args]);
  if (finished.code !== 0) throw new CommandError(host, what, finished);
  return finished.stdout;
}

/** The last lines that are not empty, indented for a sentence before them. */
export function lastLines(text: string, count: number): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines
    .slice(-count)
    .map((line) => `  ${line}`)
    .join("\n");
}
