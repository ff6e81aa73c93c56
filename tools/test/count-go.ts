/** Counts of `go test -json`. */
import { z } from "zod";
import { say } from "../console.ts";
import type { Counter } from "./count.ts";

const eventSchema = z.looseObject({
  Action: z.string(),
  Test: z.string().optional(),
  Package: z.string().optional(),
  Output: z.string().optional(),
});

/** Top-level tests; subtests are part of theirs. What failed is shown, what passed is not. */
export const countGo: Counter = ({ code, output }) => {
  const count = { passed: 0, failed: 0, skipped: 0 };
  const outputs = new Map<string, string[]>();
  for (const line of output.split("\n")) {
    const event = eventOf(line);
    if (event === undefined) continue;
    const test = event.Test?.split("/")[0];
    const key = `${event.Package ?? ""} ${test ?? ""}`;
    if (event.Output !== undefined) outputs.set(key, [...(outputs.get(key) ?? []), event.Output]);
    if (event.Test === undefined || event.Test.includes("/")) continue;
    if (event.Action === "pass") count.passed += 1;
    if (event.Action === "skip") count.skipped += 1;
    if (event.Action === "fail") {
      count.failed += 1;
      say((outputs.get(key) ?? []).join(""));
    }
  }
  if (code !== 0 && count.failed === 0) {
    say(output.slice(-4000));
    count.failed = 1;
  }
  return Promise.resolve(count);
};

/** What a program under test prints past the test framework stands between the events. */
function eventOf(line: string): z.infer<typeof eventSchema> | undefined {
  try {
    return eventSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
