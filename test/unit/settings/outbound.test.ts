/** What the settings of mail that leaves must hold: times of the queue in order, and each destination once. */
import { describe, expect, it } from "vitest";
import type { Problem } from "../../../components/settings/problem.ts";
import { changed } from "./changes.ts";
import { problemsOf } from "./problems.ts";

describe("a problem between parts is told where it is, with what to do", () => {
  it.each<[string, unknown, ...Problem[]]>([
    [
      "a first retry after the longest wait",
      changed("queue", { firstRetrySeconds: 600, longestRetryMinutes: 5 }),
      {
        path: "queue.firstRetrySeconds",
        got: "600 s, which is more than longestRetryMinutes (5 min)",
        wanted: "a first wait that is no longer than the longest",
        fix: "lower the one or raise the other",
      },
    ],
    [
      "a warning of a delay after the message's end",
      changed("queue", { delayWarningMinutes: 60, lifetimeMinutes: 60, longestRetryMinutes: 30 }),
      {
        path: "queue.delayWarningMinutes",
        got: "60 min, and a message lives 60 min (lifetimeMinutes)",
        wanted: "a time within a message's life",
        fix: "lower the one or raise the other",
      },
    ],
    [
      "a last retry after the message's end",
      changed("queue", { delayWarningMinutes: 0, lifetimeMinutes: 30, longestRetryMinutes: 45 }),
      {
        path: "queue.longestRetryMinutes",
        got: "45 min, and a message lives 30 min (lifetimeMinutes)",
        wanted: "a time within a message's life",
        fix: "lower the one or raise the other",
      },
    ],
    [
      "a destination listed twice",
      changed("outboundTls", {
        destinations: [
          { domain: "bank.example", tls: "required" },
          { domain: "Bank.example", tls: "opportunistic" },
        ],
      }),
      {
        path: "outboundTls.destinations[1].domain",
        got: "bank.example, which outboundTls.destinations[0] has too",
        wanted: "each destination once",
        fix: "take one of the two out",
      },
    ],
  ])("%s", (_, raw, ...problems) => expect(problemsOf(raw)).toEqual(problems));
});
