/** A machine made of answers: what each command line prints, and a note of those that were run. */
import type { Step } from "../../../tools/console.ts";
import type { Runner, RunResult } from "../../../tools/offline/run.ts";

export const OK: RunResult = { code: 0, stdout: "", stderr: "" };
export const MISSING: RunResult = { code: 127, stdout: "", stderr: "spawn ENOENT" };

export function prints(stdout: string): RunResult {
  return { ...OK, stdout };
}

export function fails(stderr: string, code = 1): RunResult {
  return { code, stdout: "", stderr };
}

/** An answer for each beginning of a command line; a list is answered one by one, its last one for good. */
export type Answers = Readonly<Record<string, RunResult | readonly RunResult[]>>;

/** A command line that no answer is for is a program that is not there. */
export function fakeRunner(answers: Answers): { readonly runner: Runner; readonly ran: string[] } {
  const ran: string[] = [];
  const asked = new Map<string, number>();
  const runner: Runner = (command, args) => {
    const line = [command, ...args].join(" ");
    ran.push(line);
    const key = Object.keys(answers).find((start) => line.startsWith(start));
    const answer = key === undefined ? MISSING : (answers[key] ?? MISSING);
    if (!("length" in answer)) return Promise.resolve(answer);
    const count = asked.get(key ?? "") ?? 0;
    asked.set(key ?? "", count + 1);
    return Promise.resolve(answer[Math.min(count, answer.length - 1)] ?? MISSING);
  };
  return { runner, ran };
}

/** A step that remembers what it was told. */
export function fakeStep(): { readonly step: Step; readonly told: string[] } {
  const told: string[] = [];
  return {
    step: { note: (text) => told.push(text), done: (text = "done") => told.push(text), failed: () => {} },
    told,
  };
}
