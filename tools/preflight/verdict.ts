/** What a check has found, for people and for programs. */
import { table } from "../console.ts";

/** `unknown`: it cannot be told from where it was looked at, or not yet. */
export type Level = "ok" | "warning" | "problem" | "unknown";

/** A finding of one check. */
export interface Verdict {
  /** What was looked at, such as `reverse DNS`. */
  readonly check: string;
  /** Of what: a site, an address, a zone, a provider. */
  readonly where: string;
  readonly level: Level;
  /** A sentence: what was found. */
  readonly says: string;
  /** A sentence: what to do about it. Not where all is well. */
  readonly fix?: string;
}

/** One thing to look at. */
export interface Check {
  readonly check: string;
  readonly where: string;
  readonly look: () => Promise<Verdict | readonly Verdict[]>;
}

/** A check whose verdict is known without looking. */
export function knownAlready(verdict: Verdict): Check {
  const { check, where } = verdict;
  return { check, where, look: () => Promise.resolve(verdict) };
}

/** What makes the verdicts of one check on one thing. */
export function judgeOf(check: string, where: string): (level: Level, says: string, fix?: string) => Verdict {
  return (level, says, fix) => ({ check, where, level, says, ...(fix !== undefined && { fix }) });
}

const WORDS: Readonly<Record<Level, string>> = {
  ok: "ok",
  warning: "warning",
  problem: "PROBLEM",
  unknown: "cannot be told",
};

/** Who only reads the end sees what matters most. */
const ORDER: readonly Level[] = ["ok", "unknown", "warning", "problem"];

/** A line for each verdict, and what to do below each that is not well. */
export function verdictTable(verdicts: readonly Verdict[]): string {
  const sorted = [...verdicts].sort((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level));
  const rows = sorted.flatMap(({ check, where, level, says, fix }) => [
    [check, where, WORDS[level], says],
    ...(fix === undefined || level === "ok" ? [] : [["", "", "", `→ ${fix}`]]),
  ]);
  return table([["CHECK", "OF", "RESULT", ""], ...rows]);
}

/** How many there are of each, in a sentence. */
export function summaryOf(verdicts: readonly Verdict[]): string {
  const count = (level: Level): number => verdicts.filter((verdict) => verdict.level === level).length;
  const [problems, warnings, unknown] = [count("problem"), count("warning"), count("unknown")];
  const parts = [
    problems === 1 ? "1 problem" : `${problems} problems`,
    warnings === 1 ? "1 warning" : `${warnings} warnings`,
    `${unknown} that cannot be told`,
    `${count("ok")} ok`,
  ];
  return `${parts.join(", ")}.`;
}

/** Problems alone count: a warning is something that can be lived with, and what cannot be told may be right. */
export function exitCodeOf(verdicts: readonly Verdict[]): number {
  return verdicts.some(({ level }) => level === "problem") ? 1 : 0;
}
