/** What a file of a machine is, and how each begins. */
import type { Text } from "../plan/text.ts";

/** A file of a machine that mailkeep owns as a whole. */
export interface MachineFile<Content = Text> {
  readonly path: string;
  readonly content: Content;
  /** User who alone may read it, where it has a secret in it. @default root's, and everybody may read it */
  readonly owner?: string;
  /** Judges the file where it lies, before it is used; the old one is put back when this fails. */
  readonly check?: readonly string[];
  /** Has the machine take it. */
  readonly apply: readonly string[];
}

/** What each of them begins with, where `#` begins a comment. */
export const HEAD = "# Written by mailkeep. Changes made here are undone by the next run.\n";
