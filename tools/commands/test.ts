/** `test`: sets up what the tests need, runs them part by part, and ends with one line that counts them. */
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fail, say, step, table } from "../console.ts";
import { prepare, type Need } from "../offline/index.ts";
import { HOME } from "../paths.ts";
import { pulumiHome } from "../stack/environment.ts";
import { seeToPlugins } from "../stack/plugins.ts";
import { closingLine, sum, type Count } from "../test/count.ts";
import { countGo } from "../test/count-go.ts";
import { failuresIn } from "../test/failures.ts";
import { PARTS, type Part, type TestCommand } from "../test/parts.ts";

interface Result {
  readonly part: Part;
  readonly count: Count;
  readonly seconds: number;
}

export async function run(args: readonly string[]): Promise<number> {
  const parts = chosen(args);
  await mkdir(join(HOME, "test"), { recursive: true });
  const environment = await setUp(new Set(parts.flatMap(({ needs }) => needs)));
  const results: Result[] = [];
  for (const part of parts) results.push(await runPart(part, environment));
  const total = sum(results.map(({ count }) => count));
  const rows = results.map(({ part, count, seconds }) => [part.name, closingLine(count), `${seconds.toFixed(0)} s`]);
  say(`\n${table([["PART", "RESULT", "TIME"], ...rows])}\n`);
  for (const failure of await failuresOf(parts)) say(`${failure}\n`);
  process.stdout.write(`${closingLine(total)}\n`);
  return total.failed === 0 && !(process.env["CI"] === "true" && total.skipped > 0) ? 0 : 1;
}

async function failuresOf(parts: readonly Part[]): Promise<readonly string[]> {
  const results = parts.flatMap(({ commands }) => commands).flatMap(({ results }) => results ?? []);
  return (await Promise.all(results.map(failuresIn))).flat();
}

function chosen(names: readonly string[]): readonly Part[] {
  const unknown = names.filter((name) => !PARTS.some((part) => part.name === name));
  const all = PARTS.map(({ name }) => name).join(", ");
  if (unknown.length > 0) fail(`There is no part "${unknown.join(" ")}" of the tests: choose from ${all}.`);
  return names.length === 0 ? PARTS : PARTS.filter(({ name }) => names.includes(name));
}

async function setUp(needs: ReadonlySet<Need>): Promise<Record<string, string>> {
  if (needs.size === 0) return {};
  const prepared = await prepare({ needs: [...needs] });
  if (prepared.pulumi !== undefined) await seeToPlugins(prepared.pulumi.path);
  const compose = prepared.compose?.command;
  return {
    ...prepared.env,
    ...(prepared.pulumi === undefined ? {} : { MAILKEEP_PULUMI: prepared.pulumi.path, PULUMI_HOME: pulumiHome() }),
    ...(compose?.length === 1 && compose[0] !== undefined ? { MAILKEEP_COMPOSE: compose[0] } : {}),
  };
}

async function runPart(part: Part, environment: Readonly<Record<string, string>>): Promise<Result> {
  const running = step(`${part.name}: ${part.what}`);
  const start = performance.now();
  const counts: Count[] = [];
  for (const command of part.commands) counts.push(await runCommand(command, environment));
  const count = sum(counts);
  const seconds = (performance.now() - start) / 1000;
  if (count.failed === 0) running.done(closingLine(count));
  else running.failed(closingLine(count));
  return { part, count, seconds };
}

/** Runs one command; its output is shown as it comes, except where it is only there to be counted. */
function runCommand(test: TestCommand, environment: Readonly<Record<string, string>>): Promise<Count> {
  const [command, ...args] = test.command;
  if (command === undefined) return fail("A test command is empty.");
  if (test.results !== undefined) rmSync(test.results, { force: true });
  const env = { ...process.env, ...environment, ...test.environment };
  const captured = test.count === countGo;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: test.directory, env, stdio: ["ignore", captured ? "pipe" : 2, 2] });
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.on("error", (error) => reject(new Error(`${command} cannot be started: ${error.message}`)));
    child.on("close", (code) => resolve(test.count({ code: code ?? 1, output })));
  });
}
