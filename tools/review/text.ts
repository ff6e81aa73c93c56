/** A review as a reader in a terminal wants it. */
import { table } from "../console.ts";
import type { Violation } from "./events.ts";
import { type Interruption, LOST } from "./interruption.ts";
import type { ChangeRow, Review } from "./review.ts";

/** Several paragraphs and tables. */
export function reviewText(review: Review): string {
  const parts = [
    `Review of ${review.stack}: ${verdict(review)}`,
    ...lossesOf(review).map((loss) => `!!! ${loss}`),
    review.changes.length === 0
      ? "Nothing changes."
      : table([["SITE", "KIND", "NEW", "CHANGED", "REPLACED", "DELETED"], ...review.changes.map(changeCells)]),
    ...(review.interruptions.length === 0
      ? []
      : [table([["SITE", "WHAT", "EFFECT", "BECAUSE OF"], ...review.interruptions.map(interruptionCells)])]),
    ...review.violations.map(violationText),
    ...review.errors.map((error) => `Error: ${error}`),
    ...(review.unjudged.length === 0 ? [] : [unjudgedText(review.unjudged)]),
  ];
  return parts.join("\n\n");
}

/** What to think of it, in one sentence. */
export function verdict({ passes, violations, judged, errors }: Review): string {
  const failed = new Set(violations.filter(({ mandatory }) => mandatory).map(({ rule }) => rule)).size;
  const advice = violations.filter(({ mandatory }) => !mandatory).length;
  if (failed > 0) return `refused by ${failed} of ${judged} rules.`;
  if (!passes || errors.length > 0) return "the preview failed.";
  return `passes ${judged} rules${advice === 0 ? "" : `, with ${advice} pieces of advice`}.`;
}

/** What nobody gets back, a sentence each. */
export function lossesOf({ interruptions }: Review): string[] {
  return interruptions
    .filter(({ effect }) => effect === LOST)
    .map(
      ({ site, what }) => `The ${what} of ${site} goes, and all mail on it with it: make a backup, or do not do this.`,
    );
}

/** Cells of a table's row; `-` where there is nothing. */
export function changeCells({ site, kind, created, updated, replaced, deleted }: ChangeRow): string[] {
  const figures = [created, updated, replaced, deleted].map((count) => (count === 0 ? "-" : String(count)));
  return [site || "-", kind, ...figures];
}

/** The same for an interruption. */
export function interruptionCells({ site, what, effect, causes }: Interruption): string[] {
  return [site, what, effect, causes.join(", ") || "-"];
}

/** A sentence about rules that could not judge yet. */
export function unjudgedText(rules: readonly string[]): string {
  return (
    `${rules.length} rules cannot judge before keys exist that the change makes, and are asked in the update: ` +
    `${rules.join(", ")}.`
  );
}

function violationText({ rule, mandatory, severity, message, resource }: Violation): string {
  return `${mandatory ? "✗" : "!"} ${rule} (${severity}, ${resource})\n  ${message}`;
}
