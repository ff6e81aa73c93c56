/** Parts of the tests side by side: which may, what is kept of their output, and what they count. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { countOne } from "../../../tools/test/count.ts";
import { PARTS, type Part } from "../../../tools/test/parts.ts";
import { overlaps, runParts } from "../../../tools/test/run-parts.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mailkeep-parts-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Writes down its name, and waits for the names of others where it is told to. */
const PROGRAM = `
const { appendFileSync, readFileSync } = require("node:fs");
const [path, name, awaited, code] = process.argv.slice(1);
const wait = () => {
  const there = readFileSync(path, "utf8").split("\\n");
  if (awaited !== "" && !there.includes(awaited)) return setTimeout(wait, 20);
  console.log(name + " says something");
  appendFileSync(path, name + " ended\\n");
  process.exit(Number(code));
};
appendFileSync(path, name + "\\n");
wait();
`;

function part(name: string, beside: boolean, { awaits = "", code = 0 } = {}): Part {
  const command = [process.execPath, "-e", PROGRAM, join(folder, "order"), name, awaits, String(code)];
  return { name, what: "a test", needs: [], beside, commands: [{ command, directory: folder, count: countOne }] };
}

const order = async (): Promise<string[]> => (await readFile(join(folder, "order"), "utf8")).trim().split("\n");

it("runs them at the same time as the others, in turn among themselves, and counts all in their order", async () => {
  const parts = [
    part("first", false),
    part("engine", true, { awaits: "mail" }),
    part("machine", true, { code: 1 }),
    part("mail", false, { awaits: "machine ended" }),
  ];
  const results = await runParts(parts, {}, folder);
  expect(results.map(({ part: { name }, count }) => [name, count.passed, count.failed])).toEqual([
    ["first", 1, 0],
    ["engine", 1, 0],
    ["machine", 0, 1],
    ["mail", 1, 0],
  ]);
  const seen = await order();
  expect(seen.slice(0, 2)).toEqual(["first", "first ended"]);
  expect(seen.indexOf("engine ended")).toBeLessThan(seen.indexOf("machine"));
  expect(await readFile(join(folder, "engine.log"), "utf8")).toBe("engine says something\n");
});

it("a part that cannot be started is told when the others have ended", async () => {
  const {
    commands: [command],
    ...rest
  } = part("engine", true);
  if (command === undefined) throw new Error("The part has no command.");
  const broken: Part = { ...rest, commands: [{ ...command, directory: join(folder, "missing") }] };
  await expect(runParts([broken, part("mail", false)], {}, folder)).rejects.toThrow("cannot be started");
  expect(await order()).toEqual(["mail", "mail ended"]);
});

it("only those run beside others that say so and have others after them", () => {
  expect(PARTS.filter((_, index) => overlaps(PARTS, index)).map(({ name }) => name)).toEqual(["engine", "machine"]);
  const alone = PARTS.filter(({ name }) => name === "engine" || name === "machine");
  expect(alone.filter((_, index) => overlaps(alone, index))).toEqual([]);
});
