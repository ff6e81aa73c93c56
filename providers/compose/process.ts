/** Programs that this process starts on this machine. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import type { Finished, RunOptions } from "./host.ts";

const running = new Set<ChildProcess>();

/** Ends what this process started, for when it must end itself. */
export function endChildren(): void {
  for (const child of running) child.kill("SIGTERM");
}

/** Has {@link endChildren} end a child too, for as long as it runs. */
export function endWithThisProcess(child: ChildProcess): void {
  running.add(child);
  child.once("close", () => running.delete(child));
}

/** Runs a command to its end. One that cannot be found ends with code 127, as in a shell. */
export function runProcess(
  command: readonly string[],
  { input, timeoutSeconds = 60 }: RunOptions = {},
): Promise<Finished> {
  const [program = "", ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(program, args, { timeout: timeoutSeconds * 1000, stdio: ["pipe", "pipe", "pipe"] });
    running.add(child);
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const finish = (code: number, message = ""): void => {
      running.delete(child);
      resolve({ code, stdout, stderr: stderr + message });
    };
    child.on("error", (error: NodeJS.ErrnoException) => finish(error.code === "ENOENT" ? 127 : 126, error.message));
    child.on("close", (code, signal) =>
      finish(code ?? 128, signal === null ? "" : `\nended by ${signal}; it had ${timeoutSeconds} s`),
    );
    // A program that does not read its input is not an error.
    child.stdin.on("error", () => {});
    child.stdin.end(input ?? "");
  });
}
