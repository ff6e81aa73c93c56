/** `bench up`: how long `npm run up` takes when there is nothing to change, by part. */
import { say, table } from "../tools/console.ts";
import { upInParts } from "../tools/commands/up.ts";
import { median } from "./figures.ts";
import { saveFigures } from "./report.ts";
import { STACK, withBench } from "./stack.ts";

const ROUNDS = 3;

export function warmUp(): Promise<void> {
  return withBench(async () => {
    const rounds: Readonly<Record<string, number>>[] = [];
    for (let round = 0; round < ROUNDS; round += 1) rounds.push((await upInParts(STACK, { yes: true })).seconds);
    const parts = Object.keys(rounds[0] ?? {});
    const rows = parts.map((part) => [part, median(rounds.map((seconds) => seconds[part] ?? 0)).toFixed(1)]);
    const totals = rounds.map((seconds) => Object.values(seconds).reduce((sum, part) => sum + part, 0));
    say(`\n${table([["PART", "SECONDS"], ...rows, ["all of it", median(totals).toFixed(1)]])}\n`);
    await saveFigures("up", { rounds });
  });
}
