/** `bench`: measures a site of this machine, or what Pulumi takes; see docs/benchmarks.md. */
import { parseArgs } from "node:util";
import { SIDES, type Side } from "../../bench/preview/run.ts";
import { fail } from "../console.ts";

const WHAT = ["delivery", "footprint", "up", "preview"] as const;

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      messages: { type: "string", default: "2000" },
      rounds: { type: "string", default: "3" },
      domains: { type: "string", default: "1,10,100,500" },
      sides: { type: "string", default: SIDES.join(",") },
      checkpoints: { type: "boolean", default: true },
    },
    allowPositionals: true,
    allowNegative: true,
  });
  const [what, ...more] = positionals;
  if (more.length > 0 || what === undefined) fail(`Say what to measure: ${WHAT.join(", ")}.`);
  switch (what) {
    case "delivery": {
      const { delivery } = await import("../../bench/delivery.ts");
      await delivery({
        messages: count("messages", values.messages, 20_000),
        rounds: count("rounds", values.rounds, 20),
      });
      return 0;
    }
    case "footprint": {
      const { footprint } = await import("../../bench/footprint.ts");
      await footprint();
      return 0;
    }
    case "up": {
      const { warmUp } = await import("../../bench/up.ts");
      await warmUp();
      return 0;
    }
    case "preview": {
      const { preview } = await import("../../bench/preview.ts");
      await preview({
        domains: values.domains.split(",").map((one) => count("domains", one, 1000)),
        rounds: count("rounds", values.rounds, 20),
        sides: sides(values.sides),
        checkpoints: values.checkpoints,
      });
      return 0;
    }
    default:
      return fail(`There is nothing called "${what}" to measure: choose from ${WHAT.join(", ")}.`);
  }
}

function sides(list: string): Side[] {
  const chosen = list
    .split(",")
    .map(
      (name) => SIDES.find((one) => one === name) ?? fail(`--sides is a list of ${SIDES.join(", ")}, not "${list}".`),
    );
  return chosen.includes("bare") ? chosen : fail("--sides needs bare among them, which the others are compared with.");
}

function count(name: string, value: string, most: number): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > most) {
    fail(`--${name} is a number from 1 to ${most}, not "${value}".`);
  }
  return number;
}
