/** Whoever copies a template finds each key explained where it is first written. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, type Pair } from "yaml";

const textOf = (name: string): string => readFileSync(new URL(`../../../stacks/${name}.yaml`, import.meta.url), "utf8");

interface Key {
  /** Without the places in lists: `sites.roles`. */
  readonly path: string;
  /** Counted from 0. */
  readonly line: number;
}

/** All keys below a node, in the order in which they are written. */
function keysBelow(node: unknown, path: readonly string[], lineOf: (key: Pair) => number): Key[] {
  if (isSeq(node)) return node.items.flatMap((item) => keysBelow(item, path, lineOf));
  if (!isMap(node)) return [];
  return node.items.flatMap((pair) => {
    if (!isPair(pair) || !isScalar(pair.key)) return [];
    const here = [...path, String(pair.key.value)];
    return [{ path: here.join("."), line: lineOf(pair) }, ...keysBelow(pair.value, here, lineOf)];
  });
}

/** Keys that have no comment on their line, nor above it, where they come for the first time. */
function withoutComment(text: string): readonly string[] {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const lineOf = ({ key }: Pair): number => counter.linePos(isScalar(key) ? (key.range?.[0] ?? 0) : 0).line - 1;
  const lines = text.split("\n");
  const seen = new Set<string>();
  return keysBelow(document.get("config"), [], lineOf).flatMap(({ path, line }) => {
    const isFirst = !seen.has(path);
    seen.add(path);
    const isExplained = / # \S/.test(lines[line] ?? "") || /^ *# \S/.test(lines[line - 1] ?? "");
    return isFirst && !isExplained ? [path] : [];
  });
}

it.each(["staging", "production", "local"])("each key of the template %s has a comment", (name) =>
  expect(withoutComment(textOf(name))).toEqual([]),
);

it("a key without one is seen", () => {
  const text =
    "config:\n  # A list.\n  list:\n    - a: 1 # one\n      b: [{ c: 2 }]\n    - b: []\n      # Four.\n      d: 4\n";
  expect(withoutComment(text)).toEqual(["list.b", "list.b.c"]);
});
