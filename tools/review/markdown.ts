/** A review as a comment of a pull request or merge request. */
import type { Review } from "./review.ts";
import { changeCells, interruptionCells, lossesOf, unjudgedText, verdict } from "./text.ts";

/** Begins each comment, so that a later one can take its place. */
export const MARK = "<!-- mailkeep review -->";

/** Begins with the mark by which a later review finds it and takes its place. */
export function reviewMarkdown(review: Review): string {
  const { stack, changes, interruptions, violations, errors, unjudged, passes } = review;
  const parts = [
    MARK,
    `## ${passes ? "✅" : "❌"} mailkeep review of \`${stack}\``,
    sentence(verdict(review)),
    ...lossesOf(review).map((loss) => `**${loss}**`),
    ...section(
      "Rules that failed",
      violations.map(({ rule, mandatory, severity, message, resource }) => [
        code(rule),
        mandatory ? "mandatory" : "advisory",
        severity,
        resource,
        message,
      ]),
      ["rule", "level", "severity", "resource", "what is wrong, and what to do"],
    ),
    ...(errors.length === 0 ? [] : ["### Errors", fence(errors.join("\n\n"))]),
    ...(changes.length === 0
      ? ["Nothing changes."]
      : section("What changes", changes.map(changeCells), ["site", "kind", "new", "changed", "replaced", "deleted"])),
    ...section("What is interrupted", interruptions.map(interruptionCells), ["site", "what", "effect", "because of"]),
    ...(unjudged.length === 0 ? [] : [unjudgedText(unjudged)]),
  ];
  return `${parts.join("\n\n")}\n`;
}

function section(title: string, rows: readonly (readonly string[])[], head: readonly string[]): string[] {
  if (rows.length === 0) return [];
  const lines = [head, head.map(() => "---"), ...rows.map((row) => row.map(cell))];
  return [`### ${title}`, lines.map((row) => `| ${row.join(" | ")} |`).join("\n")];
}

/** What would end a cell, or be taken for markup, stays text. */
function cell(text: string): string {
  return text
    .replaceAll("|", "\\|")
    .replaceAll("<", "&lt;")
    .replaceAll(/\s*\n\s*/g, " ");
}

function code(text: string): string {
  return `\`${text}\``;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Longer than any fence in the text. */
function fence(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const bar = "`".repeat(longest + 1);
  return `${bar}text\n${text}\n${bar}`;
}
