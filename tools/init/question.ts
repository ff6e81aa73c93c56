/** What `init` asks, and how it is answered. */

/** Something to be asked, whoever answers. */
export interface Question {
  /** Name of the flag that answers it. */
  readonly flag: string;
  readonly asks: string;
  readonly example: string;
  readonly fallback?: string;
  /** What is wrong with an answer, such as `it may be yes, no`. @default every answer will do */
  readonly wrong?: (answer: string) => string | undefined;
}

/** Answers one question; undefined where nobody does. */
export type Answering = (question: Question) => Promise<string | undefined>;

/** Asks one that must have an answer; its example where it has none, which is then told of at the end. */
export type Ask = (question: Question) => Promise<string>;
