/** Runs the Pulumi command line. */
import { spawn, type ChildProcess } from "node:child_process";
import { fail } from "../console.ts";
import { prepare, type Need, type Prepared } from "../offline/index.ts";
import { ROOT } from "../paths.ts";
import { seeToPlugins } from "./plugins.ts";
import { pulumiEnvironment } from "./environment.ts";

/** A command line that is prepared, in the project's folder. */
export interface Engine {
  readonly prepared: Prepared;
  readonly environment: Readonly<Record<string, string>>;
  /** Runs with the terminal's own input and output; gives the exit code. */
  show(args: readonly string[], variables?: Readonly<Record<string, string>>): Promise<number>;
  /**
   * Runs quietly and gives standard output; an exit code other than 0 is an error with what was said.
   *
   * @param input what nobody is to read among the arguments
   */
  ask(args: readonly string[], input?: string): Promise<string>;
  /** The same without an error: how it ended, and all that it said. */
  attempt(
    args: readonly string[],
    environment?: Readonly<Record<string, string>>,
    input?: string,
  ): Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
}

/** Sees to all that Pulumi needs on this machine. */
export async function engine(needs: readonly Need[]): Promise<Engine> {
  const prepared = await prepare({ needs: ["pulumi", ...needs] });
  const pulumi = prepared.pulumi?.path ?? fail("The Pulumi command line is missing: run `npm run up` first.");
  await seeToPlugins(pulumi);
  const compose = prepared.compose?.command;
  const environment = pulumiEnvironment({
    ...prepared.env,
    ...(compose?.length === 1 && compose[0] !== undefined ? { MAILKEEP_COMPOSE: compose[0] } : {}),
  });
  const env = { ...process.env, ...environment };
  const attempt: Engine["attempt"] = (args, more = {}, input = "") =>
    new Promise((resolve, reject) => {
      const child = spawn(pulumi, args, { cwd: ROOT, env: { ...env, ...more }, stdio: ["pipe", "pipe", "pipe"] });
      // A program that does not read its input is not an error.
      child.stdin.on("error", () => {});
      child.stdin.end(input);
      let [out, err] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
      child.on("error", reject);
      child.on("close", (code) => resolve({ code: code ?? 1, out, err }));
    });
  return {
    prepared,
    environment,
    show: (args, variables = {}) =>
      new Promise((resolve, reject) => {
        const child = spawn(pulumi, args, { cwd: ROOT, env: { ...env, ...variables }, stdio: "inherit" });
        const letGo = endTogether(child);
        child.on("error", reject);
        child.on("exit", (code, signal) => {
          letGo();
          resolve(signal === null ? (code ?? 1) : 1);
        });
      }),
    attempt,
    ask: async (args, input) => {
      const { code, out, err } = await attempt(args, {}, input);
      if (code === 0) return out;
      const said = (err || out).trim().split("\n").slice(-5).join("\n");
      throw new Error(`pulumi ${args[0] ?? ""} ended with ${code}: ${said}`);
    },
  };
}

/**
 * Asked to end, this process passes it on and waits: Pulumi finishes what it has begun, writes its state down and gives
 * its lock back. A terminal's Ctrl-C reaches Pulumi by itself.
 *
 * @returns what undoes it
 */
function endTogether(child: ChildProcess): () => void {
  const pass = (): void => void child.kill("SIGTERM");
  const wait = (): void => undefined;
  const reactions = [
    ["SIGTERM", pass],
    ["SIGHUP", pass],
    ["SIGINT", wait],
  ] as const;
  for (const [signal, reaction] of reactions) process.on(signal, reaction);
  return () => {
    for (const [signal, reaction] of reactions) process.off(signal, reaction);
  };
}
