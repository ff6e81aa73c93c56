/** What the tools say while they work. All of it goes to standard error: standard output belongs to a command's answer. */
import { styleText } from "node:util";

/** A mistake or a lack that the reader can do something about: its message is a sentence, and no stack trace is shown. */
export class SentenceError extends Error {
  override readonly name = "SentenceError";
}

/** Ends the work with a sentence: what is wrong, where, and what to do. */
export function fail(sentence: string): never {
  throw new SentenceError(sentence);
}

/** Where lines go and what time it is. Exchanged in tests only. */
export interface Console {
  readonly write: (line: string) => void;
  /** Milliseconds from any fixed moment. */
  readonly now: () => number;
  readonly colours: boolean;
}

/** The terminal, or whatever standard error leads to. */
export const STDERR: Console = {
  write: (line) => void process.stderr.write(`${line}\n`),
  now: () => performance.now(),
  colours: process.stderr.isTTY && process.env["NO_COLOR"] === undefined,
};

/** One piece of work that is told about while it runs. */
export interface Step {
  /** Tells how far it is, with the seconds since its start. */
  note(text: string): void;
  done(result?: string): void;
  failed(reason?: string): void;
}

/** Begins a piece of work and says so. */
export function step(title: string, out: Console = STDERR): Step {
  const start = out.now();
  const elapsed = () => `${((out.now() - start) / 1000).toFixed(1)} s`;
  const line = (sign: string, colour: Colour, text: string) => out.write(`${paint(colour, sign, out)} ${text}`);
  line("…", "dim", title);
  return {
    note: (text) => line("…", "dim", `${title}: ${text} (${elapsed()})`),
    done: (result) => line("✓", "green", `${title}${result === undefined ? "" : `: ${result}`} (${elapsed()})`),
    failed: (reason) => line("✗", "red", `${title}${reason === undefined ? "" : `: ${reason}`} (${elapsed()})`),
  };
}

/** Runs work as a {@link step}: its end or failure is told whatever happens. */
export async function within<T>(title: string, work: (step: Step) => Promise<T>, out: Console = STDERR): Promise<T> {
  const running = step(title, out);
  try {
    const result = await work(running);
    running.done();
    return result;
  } catch (error) {
    running.failed();
    throw error;
  }
}

/** A line that is no step, such as a hint. */
export function say(text: string, out: Console = STDERR): void {
  out.write(text);
}

/** Shows an error to the user: a sentence as it is, anything else with its stack, because it is a mistake of ours. */
export function tellError(error: unknown, out: Console = STDERR): void {
  const text =
    error instanceof SentenceError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  out.write(`${paint("red", "✗", out)} ${text}`);
}

/** Rows in aligned columns, the first one as a heading. A column is as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[], out: Pick<Console, "colours"> = STDERR): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, Array.from(cell).length);
  }
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - Array.from(cell).length))
      .join("  ")
      .trimEnd(),
  );
  return lines.map((line, index) => (index === 0 ? paint("bold", line, out) : line)).join("\n");
}

type Colour = "dim" | "green" | "red" | "bold";

function paint(colour: Colour, text: string, out: Pick<Console, "colours">): string {
  return out.colours ? styleText(colour, text, { validateStream: false }) : text;
}
