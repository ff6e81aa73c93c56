/** Runs parts of the tests: one after the other, except those that do without what the others share. */
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fail, say, step } from "../console.ts";
import { HOME } from "../paths.ts";
import { countGo } from "./count-go.ts";
import { closingLine, sum, type Count } from "./count.ts";
import type { Part, TestCommand } from "./parts.ts";

/** How a part went. */
export interface Result {
  readonly part: Part;
  readonly count: Count;
  readonly seconds: number;
}

type Environment = Readonly<Record<string, string>>;

/** So that whoever waits for mail does not also wait for a processor. */
const POLITELY = ["nice", "-n", "10"];

/** Where the output of parts that run beside others is kept. */
const LOGS = join(HOME, "test");

/** @returns a result for each part, in their order */
export async function runParts(
  parts: readonly Part[],
  environment: Environment,
  logs = LOGS,
): Promise<readonly Result[]> {
  const results: Promise<Result>[] = [];
  let beside: Promise<unknown> = Promise.resolve();
  for (const [index, part] of parts.entries()) {
    if (overlaps(parts, index)) {
      const result = beside.then(() => runBeside(part, environment, join(logs, `${part.name}.log`)));
      // Told when all have ended; until then nobody waits for it.
      beside = result.catch(() => undefined);
      results.push(result);
    } else {
      const result = await runPart(part, (command) => runCommand(command, environment));
      results.push(Promise.resolve(result));
    }
  }
  return await Promise.all(results);
}

/** Whether a part runs beside later ones. The last parts have nothing to run beside. */
export function overlaps(parts: readonly Part[], index: number): boolean {
  return parts[index]?.beside === true && parts.slice(index + 1).some(({ beside }) => beside !== true);
}

/** Its output is kept, and shown in one piece when it has ended. */
async function runBeside(part: Part, environment: Environment, path: string): Promise<Result> {
  const log = await open(path, "w");
  try {
    const result = await runPart(part, (command) => runCommand(command, environment, { prefix: POLITELY, to: log.fd }));
    say(`\nWhat ${part.name} has said meanwhile:\n${await readFile(path, "utf8")}`);
    return result;
  } finally {
    await log.close();
  }
}

async function runPart(part: Part, run: (command: TestCommand) => Promise<Count>): Promise<Result> {
  const running = step(`${part.name}: ${part.what}`);
  const start = performance.now();
  const counts: Count[] = [];
  for (const command of part.commands) counts.push(await run(command));
  const count = sum(counts);
  const seconds = (performance.now() - start) / 1000;
  if (count.failed === 0) running.done(closingLine(count));
  else running.failed(closingLine(count));
  return { part, count, seconds };
}

interface Manner {
  readonly prefix: readonly string[];
  /** Where its output goes. */
  readonly to: number;
}

/** Runs one command; its output is shown as it comes, except where it is only there to be counted. */
function runCommand(
  test: TestCommand,
  environment: Environment,
  { prefix, to }: Manner = { prefix: [], to: 2 },
): Promise<Count> {
  const [command, ...args] = [...prefix, ...test.command];
  if (command === undefined) return fail("A test command is empty.");
  if (test.results !== undefined) rmSync(test.results, { force: true });
  const env = { ...process.env, ...environment, ...test.environment };
  const captured = test.count === countGo;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: test.directory, env, stdio: ["ignore", captured ? "pipe" : to, to] });
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.on("error", (error) => reject(new Error(`${command} cannot be started: ${error.message}`)));
    child.on("close", (code) => resolve(test.count({ code: code ?? 1, output })));
  });
}
