/** Questions to whoever is at the terminal. */
import { createInterface } from "node:readline";
import { Writable } from "node:stream";

/** Asks for a line; undefined where the person ends the conversation instead, by Ctrl-C or Ctrl-D. */
export type Ask = (question: string) => Promise<string | undefined>;

/** Where questions go, and where answers come from. @default this process's own terminal */
export interface ConversationOptions {
  readonly input?: NodeJS.ReadableStream;
  readonly output?: NodeJS.WritableStream;
  /** Whether what is typed is not shown. @default false */
  readonly hidden?: boolean;
}

/** One conversation. A line that comes before it is asked for, such as one of a pasted list, answers the next question. */
export async function conversation<T>(
  work: (ask: Ask) => Promise<T>,
  { input = process.stdin, output = process.stderr, hidden = false }: ConversationOptions = {},
): Promise<T> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface(hidden ? { input, output: nowhere, terminal: true } : { input, output });
  const early: string[] = [];
  let answer: ((line: string | undefined) => void) | undefined;
  let over = false;
  reader.on("line", (line) => {
    if (answer === undefined) early.push(line);
    else answer(line);
    answer = undefined;
  });
  reader.on("close", () => {
    over = true;
    answer?.(undefined);
  });
  const ask: Ask = async (question) => {
    const next = early.shift();
    if (next === undefined && over) return undefined;
    if (next !== undefined || hidden) output.write(question);
    if (next !== undefined) {
      output.write(`${hidden ? "" : next}\n`);
      return next;
    }
    const line = await new Promise<string | undefined>((resolve) => {
      answer = resolve;
      if (hidden) return;
      reader.setPrompt(question);
      reader.prompt();
    });
    // What ended the line was not shown.
    if (hidden || line === undefined) output.write("\n");
    return line;
  };
  try {
    return await work(ask);
  } finally {
    reader.close();
  }
}
