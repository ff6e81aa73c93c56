import { describe, expect, it } from "vitest";
import { SentenceError } from "../../../tools/console.ts";
import { parsedArguments, stackArguments } from "../../../tools/stack/arguments.ts";

describe("the arguments of a command", () => {
  it("name the local stack where they name none", () =>
    expect(stackArguments([], [])).toEqual({ stack: "local", flags: new Set(), rest: [] }));

  it("have a stack and flags in any order", () =>
    expect(stackArguments(["--yes", "staging", "--json"], ["yes", "json"])).toEqual({
      stack: "staging",
      flags: new Set(["yes", "json"]),
      rest: [],
    }));

  it("have words of the command's own before the stack", () => {
    expect(stackArguments(["ann@home.test"], [], 1)).toMatchObject({ stack: "local", rest: ["ann@home.test"] });
    expect(stackArguments(["ann@home.test", "staging"], [], 1)).toMatchObject({ stack: "staging" });
    expect(stackArguments([], [], 1)).toMatchObject({ stack: "local", rest: [] });
  });

  it.each<[readonly string[], readonly string[], string]>([
    [["--jason"], ["json", "yes"], "Unknown option '--jason'; the command takes --json, --yes."],
    [["--yes"], [], "Unknown option '--yes'; the command takes no flags."],
    [["--yes=no"], ["yes"], "Option '--yes' does not take an argument; the command takes --yes."],
    [["local", "staging"], [], '"staging" is one word too many: only the name of a stack comes here.'],
    [["Local"], [], '"Local" is no name of a stack: use lower-case letters, digits and hyphens, such as local.'],
    [["../x"], [], '"../x" is no name of a stack: use lower-case letters, digits and hyphens, such as local.'],
  ])("%j are refused with a sentence", (args, known, sentence) => {
    expect(() => stackArguments(args, known)).toThrow(SentenceError);
    expect(() => stackArguments(args, known)).toThrow(sentence);
  });
});

describe("flags of a command's own", () => {
  const read = (...args: string[]) =>
    parsedArguments({ args, options: { from: { type: "string" }, json: { type: "boolean" } } }, ": preflight [--json]")
      .values;

  it("have values, or none", () => {
    expect(read("--from", "bravo", "--json")).toEqual({ from: "bravo", json: true });
    expect(read()).toEqual({});
  });

  it.each([
    [["--form", "bravo"], "Unknown option '--form': preflight [--json]"],
    [["--from"], "Option '--from <value>' argument missing: preflight [--json]"],
    [["--json=yes"], "Option '--json' does not take an argument: preflight [--json]"],
  ])("%j are refused with a sentence", (args, sentence) => {
    expect(() => read(...args)).toThrow(new SentenceError(sentence));
  });
});
