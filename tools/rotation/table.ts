/** Every key with its age and what comes next, for people. */
import { table } from "../console.ts";
import type { LedgerKey, LedgerKeys } from "./ledger.ts";
import type { Line } from "./step.ts";
import { moment, span } from "./times.ts";

/** A table for the terminal. The next step stands beside a line's first key. */
export function keyTable(lines: readonly Line[], keys: LedgerKeys, now: Date): string {
  const known = new Set(lines.map(({ name }) => name));
  const rows = lines.flatMap(({ name, options, step }) =>
    ofLine(keys, name).map(([key, times], index) => {
      const next = index === 0 ? [step.what, when(step.from, now), options] : ["", "", ""];
      return [key, stateOf(times), age(times, now), ...next];
    }),
  );
  // Such as the key of the sites' own domain, which no command changes.
  const others = Object.entries(keys)
    .filter(([, { line }]) => !known.has(line))
    .map(([key, times]) => [key, stateOf(times), age(times, now), "", "", ""]);
  return table([["KEY", "STATE", "AGE", "NEXT STEP", "POSSIBLE", "ROTATE"], ...rows, ...others]);
}

/** The one in use first. */
function ofLine(keys: LedgerKeys, line: string): [string, LedgerKey][] {
  return Object.entries(keys)
    .filter(([, key]) => key.line === line)
    .sort(([, a], [, b]) => Number(b.inUse) - Number(a.inUse));
}

function stateOf({ inUse, usedUntil }: LedgerKey): string {
  if (inUse) return "in use";
  return usedUntil === undefined ? "next" : "last";
}

const age = ({ publishedAt }: LedgerKey, now: Date): string => span((now.getTime() - Date.parse(publishedAt)) / 1000);

function when(from: Date | undefined, now: Date): string {
  return from === undefined || from <= now ? "now" : `from ${moment(from)}`;
}
