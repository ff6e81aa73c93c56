/** What blocklists in the settings must hold. */
import { describe, expect, it } from "vitest";
import { localRaw } from "./local.ts";
import { problemsOf } from "./problems.ts";

const local = localRaw();

describe("a blocklist", () => {
  const list = { zone: "bl.test", about: ["client"], answers: "127.0.0.[2..11]" };
  const problems = (...lists: object[]): string[] =>
    problemsOf({ ...local, blocklists: lists }).map(({ path, got }) => `${path}: ${got}`);

  it.each(["127.0.0.2", "127.0.0.[2..11]", "127.0.[0..1].[2;4..6]", "127.[0..254].255.1", "127.255.[0..254].1"])(
    "may mean %s",
    (answers) => expect(problems({ ...list, answers })).toEqual([]),
  );

  it("is named once", () =>
    expect(problems(list, list)).toEqual(["blocklists[1].zone: bl.test, which blocklists[0] has too"]));

  it.each(["127.255.255.254", "127.[0..255].[0..255].[0..255]"])("must not take a fault for a verdict: %s", (answers) =>
    expect(problems({ ...list, answers })).toEqual([
      `blocklists[0].answers: ${answers}, which takes 127.255.255.* for a verdict`,
    ]),
  );

  it.each(["127.0.0.[11..2]", "127.0.0.256"])("must have a range of numbers that there are: %s", (answers) =>
    expect(problems({ ...list, answers })).toEqual([`blocklists[0].answers: ${answers}`]),
  );

  it.each(["10.0.0.2", "127.0.0", "127.0.0.*", "127.0.0.[2-11]", "127.0.0.2 reject"])(
    "must have answers of the form that Postfix reads: %s",
    (answers) => expect(problems({ ...list, answers })).toEqual([`blocklists[0].answers: "${answers}"`]),
  );

  it("that is not asked has no key", () => {
    const blocklistKeys = { "bl.test": "akeythatnobodyhas", "other.test": "akeythatnobodyhas" };
    expect(problemsOf({ ...local, blocklists: [list], blocklistKeys }).map(({ path }) => path)).toEqual([
      'blocklistKeys["other.test"]',
    ]);
  });
});
