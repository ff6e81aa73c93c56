/** `test`: sets up what the tests need, runs them, and ends with one line that counts them. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fail, say, table } from "../console.ts";
import { prepare, type Need } from "../offline/index.ts";
import { HOME } from "../paths.ts";
import { pulumiHome } from "../stack/environment.ts";
import { seeToPlugins } from "../stack/plugins.ts";
import { closingLine, sum } from "../test/count.ts";
import { failuresIn } from "../test/failures.ts";
import { PARTS, type Part } from "../test/parts.ts";
import { runParts } from "../test/run-parts.ts";

export async function run(args: readonly string[]): Promise<number> {
  const parts = chosen(args);
  await mkdir(join(HOME, "test"), { recursive: true });
  const environment = await setUp(new Set(parts.flatMap(({ needs }) => needs)));
  const results = await runParts(parts, environment);
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
