/** Questions at a terminal. How they are at a real one, test/engine sees. */
import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { type Ask, conversation } from "../../../tools/terminal.ts";

/** Answers to three questions, where all that is typed has been typed before. */
async function answers(typed: string, hidden = false): Promise<readonly (string | undefined)[]> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  input.end(typed);
  const three = async (ask: Ask) => [await ask("one? "), await ask("two? "), await ask("three? ")];
  return conversation(three, { input, output, hidden });
}

it.each([false, true])(
  "lines that come before they are asked for answer the next questions (hidden: %s)",
  async (hidden) => {
    expect(await answers("a\n\nc\nd\n", hidden)).toEqual(["a", "", "c"]);
  },
);

it.each([false, true])(
  "where there is no more, nobody answers any question that is left (hidden: %s)",
  async (hidden) => {
    expect(await answers("a\n", hidden)).toEqual(["a", undefined, undefined]);
  },
);

it("what is typed is not shown where it is hidden", async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  input.end("correct horse\n");
  expect(await conversation((ask) => ask("Password: "), { input, output, hidden: true })).toBe("correct horse");
  expect(String(output.read())).toBe("Password: \n");
});
