/** A machine's own ruleset, nft(8), in the one form in which it is written for machines. Anything else is not understood. */

export interface Ruleset {
  /** Elements of each set. */
  readonly sets: ReadonlyMap<string, NftSet>;
  readonly chains: readonly NftChain[];
}

/** A named set. */
export interface NftSet {
  /** `ipv4_addr`, `ipv6_addr` or `inet_service`. */
  readonly type: string;
  readonly elements: readonly string[];
}

/** A base chain. */
export interface NftChain {
  readonly name: string;
  /** What passes it: `input` is what is for the machine itself, `forward` what is for others by way of it. */
  readonly hook: string;
  /** What becomes of the rest: `accept` or `drop`. */
  readonly policy: string;
  readonly rules: readonly string[];
}

/** It replaces its own table and nothing else, so what Docker puts beside it stays. */
const HEAD = ["table inet mailkeep", "delete table inet mailkeep", "table inet mailkeep {"];

const SET = /^set (\w+) \{$/;
const CHAIN = /^chain (\w+) \{$/;
const HOOK = /^type filter hook (\w+) priority filter; policy (\w+);$/;

/** @throws SyntaxError with the line that is not understood */
export function parseRuleset(text: string): Ruleset {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  for (const [index, line] of HEAD.entries()) expected(lines[index], lines[index] === line);
  const blocks = blocksOf(lines.slice(HEAD.length));
  return {
    sets: new Map(blocks.flatMap(({ head, body }) => setOf(head, body))),
    chains: blocks.flatMap(({ head, body }) => chainOf(head, body)),
  };
}

interface Block {
  readonly head: string;
  readonly body: readonly string[];
}

/** The table's sets and chains; with its last brace the file must end. */
function blocksOf(lines: readonly string[]): Block[] {
  const [head, ...rest] = lines;
  if (head === "}") {
    expected(rest[0], rest.length === 0);
    return [];
  }
  const end = rest.indexOf("}");
  expected(head, head !== undefined && end >= 0 && (SET.test(head) || CHAIN.test(head)));
  return [{ head: head ?? "", body: rest.slice(0, end) }, ...blocksOf(rest.slice(end + 1))];
}

function setOf(head: string, body: readonly string[]): [string, NftSet][] {
  const [, name] = SET.exec(head) ?? [];
  if (name === undefined) return [];
  const words = new Map(body.map((line) => [line.split(" ")[0] ?? "", line]));
  const [, type] = /^type (\w+)$/.exec(words.get("type") ?? "") ?? [];
  const [, list = ""] = /^elements = \{ (.*) \}$/.exec(words.get("elements") ?? "elements = {  }") ?? [];
  for (const line of body)
    expected(line, /^(type \w+|flags interval|auto-merge|elements = \{ [\w.:/, -]* \})$/.test(line));
  expected(head, type !== undefined && words.size === body.length);
  const elements = list.split(",").map((one) => one.trim());
  return [[name, { type: type ?? "", elements: elements.filter((one) => one !== "") }]];
}

function chainOf(head: string, [first, ...rules]: readonly string[]): NftChain[] {
  const [, name] = CHAIN.exec(head) ?? [];
  if (name === undefined) return [];
  const [, hook, policy] = HOOK.exec(first ?? "") ?? [];
  expected(first ?? head, hook !== undefined);
  for (const rule of rules) expected(rule, !/[;#]|[{]$/.test(rule));
  return [{ name, hook: hook ?? "", policy: policy ?? "", rules }];
}

function expected(line: string | undefined, is: boolean): void {
  if (!is) throw new SyntaxError(line === undefined ? "its end comes too early" : `"${line}" is not understood`);
}
