/** One thing that is wrong with what a user wrote. */
export interface Problem {
  /** Where, such as `sites[1].addresses.v4`. */
  readonly path: string;
  /** What was found, as written. */
  readonly got: string;
  /** What is allowed there. */
  readonly wanted: string;
  /** What to do about it. */
  readonly fix: string;
}

/** All problems of the settings at once. Nothing has been changed when this is thrown. */
export class SettingsError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(formatProblems(problems));
    this.name = "SettingsError";
    this.problems = problems;
  }
}

/** The problems as text for people: one paragraph each. */
export function formatProblems(problems: readonly Problem[]): string {
  const count = problems.length === 1 ? "one problem" : `${problems.length} problems`;
  const paragraphs = problems.map(
    (p) => `  ${p.path}\n    found   ${p.got}\n    allowed ${p.wanted}\n    fix     ${p.fix}`,
  );
  return [`The settings have ${count}; nothing was changed.`, ...paragraphs].join("\n");
}
