/** Settings between whose parts nothing is wrong, and settings where more than one thing is. */
import { describe, expect, it } from "vitest";
import { bravo, local, secondSite } from "./changes.ts";
import { withValue } from "./local.ts";
import { problemsOf } from "./problems.ts";

describe("sound settings", () => {
  it("are those of the local stack", () => expect(problemsOf(local)).toEqual([]));
  it("are those of two sites with names and addresses of their own", () =>
    expect(problemsOf(secondSite({}))).toEqual([]));
});

it("tells all problems at once", () => {
  const broken = withValue(
    { ...local, sites: [...[local["sites"]].flat(), { ...bravo, name: "alpha" }] },
    "passwordHashes",
    {},
  );
  expect(problemsOf(broken).map(({ path }) => path)).toEqual([
    "sites[1].name",
    "mailboxes[0].address",
    "mailboxes[1].address",
    "mailboxes[2].address",
  ]);
});
