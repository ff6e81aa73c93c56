/** How many tests a command ran, and how they ended. */
import { readFile } from "node:fs/promises";
import { z } from "zod";

/** Numbers of tests. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** A command that has ended. */
export interface Ended {
  readonly code: number;
  /** Standard output, where it was asked for. */
  readonly output: string;
}

/** Reads what a command has left, or its exit code. */
export type Counter = (ended: Ended) => Promise<Count>;

/** A checker without cases of its own counts as one test. */
export const countOne: Counter = ({ code }) =>
  Promise.resolve({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 });

const resultsSchema = z.looseObject({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numTodoTests: z.int().default(0),
});

/** Vitest's JSON report. A file that could not be loaded, or an error outside of any test, counts as a failure. */
export function countVitest(results: string): Counter {
  return async ({ code }) => {
    const text = await readFile(results, "utf8").catch(() => undefined);
    if (text === undefined) return { passed: 0, failed: 1, skipped: 0 };
    const report = readResults(text);
    if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
    const failed = Math.max(report.numFailedTests, code === 0 ? 0 : 1);
    return { passed: report.numPassedTests, failed, skipped: report.numPendingTests + report.numTodoTests };
  };
}

/** Undefined for a report that was not finished. */
function readResults(text: string): z.infer<typeof resultsSchema> | undefined {
  try {
    return resultsSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** All of them together. */
export function sum(counts: readonly Count[]): Count {
  return counts.reduce(
    (a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}

/** The closing line: `N passed, N failed`, with `, N skipped` only where something was. */
export function closingLine({ passed, failed, skipped }: Count): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;
}
