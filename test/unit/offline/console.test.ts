import { expect, test } from "vitest";
import { fail, SentenceError, step, table, tellError, within, type Console } from "../../../tools/console.ts";

function fakeConsole(colours = false): {
  readonly out: Console;
  readonly lines: string[];
  readonly tick: (ms: number) => void;
} {
  const lines: string[] = [];
  let now = 0;
  return { lines, tick: (ms) => void (now += ms), out: { write: (line) => lines.push(line), now: () => now, colours } };
}

test("a step tells its beginning, its notes and its end, with the seconds since it began", () => {
  const { out, lines, tick } = fakeConsole();
  const running = step("Pulumi", out);
  tick(15_000);
  running.note("still building");
  tick(300);
  running.done("3.250.0");
  expect(lines).toEqual(["… Pulumi", "… Pulumi: still building (15.0 s)", "✓ Pulumi: 3.250.0 (15.3 s)"]);
});

test("work that fails ends its step as failed", async () => {
  const { out, lines } = fakeConsole();
  await expect(within("Docker", () => Promise.reject(new Error("no")), out)).rejects.toThrow("no");
  expect(lines.at(-1)).toBe("✗ Docker (0.0 s)");
});

test("a sentence is shown alone, a mistake of ours with its stack", () => {
  const { out, lines } = fakeConsole();
  expect(() => fail("The disk is full: free some.")).toThrow(SentenceError);
  tellError(new SentenceError("The disk is full: free some."), out);
  tellError(new TypeError("x is not a function"), out);
  expect(lines[0]).toBe("✗ The disk is full: free some.");
  expect(lines[1]).toContain("at ");
});

test("a table is as wide as its widest cells, and plain where colours are off", () => {
  const rows = [
    ["image", "tag"],
    ["postfix", "a"],
    ["ünbound", "b"],
  ];
  expect(table(rows, { colours: false })).toBe("image    tag\npostfix  a\nünbound  b");
  expect(table(rows, { colours: true })).toContain("\u001b[1mimage    tag\u001b[22m");
});
