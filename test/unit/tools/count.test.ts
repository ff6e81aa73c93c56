/** The tests' own book-keeping: what ran, and the closing line that all results are read from. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { closingLine, countOne, countVitest, sum } from "../../../tools/test/count.ts";
import { countGo } from "../../../tools/test/count-go.ts";
import { failuresIn } from "../../../tools/test/failures.ts";
import { ROOT } from "../../../tools/paths.ts";
import { PARTS } from "../../../tools/test/parts.ts";

describe("a checker without cases", () => {
  it("is one test", async () => {
    expect(await countOne({ code: 0, output: "" })).toEqual({ passed: 1, failed: 0, skipped: 0 });
    expect(await countOne({ code: 2, output: "" })).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

describe("vitest's report", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "mailkeep-count-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function counted(report: string | object | undefined, code: number): Promise<object> {
    const path = join(folder, "report.json");
    if (report !== undefined) await writeFile(path, typeof report === "string" ? report : JSON.stringify(report));
    return countVitest(path)({ code, output: "" });
  }

  const report = { numPassedTests: 5, numFailedTests: 0, numPendingTests: 1, numTodoTests: 2, success: true };

  it("is read", async () => expect(await counted(report, 0)).toEqual({ passed: 5, failed: 0, skipped: 3 }));

  it("may leave out what there is none of", async () =>
    expect(await counted({ numPassedTests: 1, numFailedTests: 0, numPendingTests: 0 }, 0)).toEqual({
      passed: 1,
      failed: 0,
      skipped: 0,
    }));

  it("counts each test that failed", async () =>
    expect(await counted({ ...report, numFailedTests: 2 }, 1)).toEqual({ passed: 5, failed: 2, skipped: 3 }));

  it("does not hide a file that could not be loaded, nor an error outside of any test", async () =>
    expect(await counted(report, 1)).toEqual({ passed: 5, failed: 1, skipped: 3 }));

  it.each([
    ["is missing", undefined],
    ["was broken off", '{"numPassedTests": 5, "numFai'],
    ["is of another kind", { tests: 5 }],
  ])("is one failure where it %s, whatever the exit code", async (_, broken) =>
    expect(await counted(broken, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 }),
  );
});

describe("what failed", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "mailkeep-failures-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function failures(testResults: readonly object[]): Promise<readonly string[]> {
    const path = join(folder, "report.json");
    await writeFile(path, JSON.stringify({ testResults }));
    return failuresIn(path);
  }
  const name = join(ROOT, "test", "system", "flow.test.ts");
  const passed = { fullName: "mail comes in", status: "passed", failureMessages: [] };

  it("is told with its file, its name and what it said, without colours and the runner's own frames", async () => {
    const message = "\u001b[31mAssertionError\u001b[39m: expected 1 to be 2\n\n    at x (node_modules/vitest/a.js)";
    const failed = { fullName: "mail goes out", status: "failed", failureMessages: [message] };
    expect(await failures([{ name, status: "failed", message: "", assertionResults: [passed, failed] }])).toEqual([
      "✗ test/system/flow.test.ts > mail goes out\n    AssertionError: expected 1 to be 2",
    ]);
  });

  it("is cut where it is long", async () => {
    const failureMessages = [Array.from({ length: 30 }, (_, line) => `line ${String(line)}`).join("\n")];
    const failed = { fullName: "long", status: "failed", failureMessages };
    const [told = ""] = await failures([{ name, status: "failed", message: "", assertionResults: [failed] }]);
    expect(told.split("\n")).toHaveLength(14);
    expect(told).toContain("(18 more lines)");
  });

  it("may be a whole file", async () =>
    expect(await failures([{ name, status: "failed", message: "no such import", assertionResults: [passed] }])).toEqual(
      ["✗ test/system/flow.test.ts\n    no such import"],
    ));

  it("is nothing where all passed, and where there is no report", async () => {
    expect(await failures([{ name, status: "passed", message: "", assertionResults: [passed] }])).toEqual([]);
    expect(await failuresIn(join(folder, "none.json"))).toEqual([]);
  });
});

describe("the events of go test", () => {
  const told: string[] = [];
  beforeEach(() => {
    told.length = 0;
    vi.spyOn(process.stderr, "write").mockImplementation((text) => {
      told.push(String(text));
      return true;
    });
  });
  afterEach(() => void vi.restoreAllMocks());

  const events = (...list: readonly object[]): string => list.map((event) => `${JSON.stringify(event)}\n`).join("");
  const event = (Action: string, Test?: string, more: object = {}): object => ({
    Action,
    Package: "keeper",
    Test,
    ...more,
  });

  it("count top-level tests; what is below them is part of them, and so is the package", async () => {
    const output = events(
      event("run", "TestA"),
      event("pass", "TestA/one"),
      event("fail", "TestA/two"),
      event("pass", "TestA"),
      event("skip", "TestB"),
      event("pass", "TestC"),
      event("pass"),
    );
    expect(await countGo({ code: 0, output })).toEqual({ passed: 2, failed: 0, skipped: 1 });
    expect(told).toEqual([]);
  });

  it("show what failed, with what its parts said, and nothing of the others", async () => {
    const output = events(
      event("output", "TestA", { Output: "fine\n" }),
      event("pass", "TestA"),
      event("output", "TestB/x", { Output: "got 1, want 2\n" }),
      event("fail", "TestB"),
      event("fail"),
    );
    expect(await countGo({ code: 1, output })).toEqual({ passed: 1, failed: 1, skipped: 0 });
    expect(told.join("")).toContain("got 1, want 2");
    expect(told.join("")).not.toContain("fine");
  });

  it("that never came are a failure", async () => {
    expect(await countGo({ code: 1, output: "keeper.go:3: undefined: x\n" })).toEqual({
      passed: 0,
      failed: 1,
      skipped: 0,
    });
    expect(told.join("")).toContain("undefined: x");
  });

  it("may have other lines between them", async () => {
    const output = `{ not json\n{"Action":1}\n${events(event("pass", "TestA"))}`;
    expect(await countGo({ code: 0, output })).toEqual({ passed: 1, failed: 0, skipped: 0 });
  });
});

describe("the closing line", () => {
  it.each([
    [{ passed: 3, failed: 0, skipped: 0 }, "3 passed, 0 failed"],
    [{ passed: 0, failed: 2, skipped: 0 }, "0 passed, 2 failed"],
    [{ passed: 3, failed: 0, skipped: 1 }, "3 passed, 0 failed, 1 skipped"],
  ])("of %j is %s", (count, line) => expect(closingLine(count)).toBe(line));

  it("is of all parts together", () => {
    const one = { passed: 1, failed: 2, skipped: 3 };
    expect(sum([one, one, { passed: 0, failed: 0, skipped: 0 }])).toEqual({ passed: 2, failed: 4, skipped: 6 });
    expect(sum([])).toEqual({ passed: 0, failed: 0, skipped: 0 });
  });
});

describe("the parts of the tests", () => {
  it("have names of their own, the quick ones first", () =>
    expect(PARTS.map(({ name }) => name)).toEqual([
      ...["lint", "types", "unit", "policy"],
      ...["engine", "machine", "system", "sites"],
    ]));

  it("run in folders that are there, and keep their results apart", () => {
    const commands = PARTS.flatMap((part) => part.commands);
    for (const { directory } of commands) expect(existsSync(directory), directory).toBe(true);
    const results = commands.flatMap((command) => command.results ?? []);
    expect(new Set(results).size).toBe(results.length);
    expect(results).toHaveLength(6);
  });
});
