/** Changes one site in the text of a stack's file, and leaves every other letter of it as its owner wrote it. */
import { readFile } from "node:fs/promises";
import { isMap, isPair, isScalar, isSeq, parseDocument, stringify, type Node, type Pair, type YAMLMap } from "yaml";
import { NAMESPACE } from "../../components/settings/read.ts";
import type { Settings } from "../../components/settings/schema.ts";
import { fail } from "../console.ts";
import { stackFile } from "../paths.ts";
import { withoutKeyNumbers } from "./key-settings.ts";
import { replaceFile } from "./replace-file.ts";

/** A site's state, as `state` in the settings has it. */
type State = Settings["sites"][number]["state"];

/** Sets whether records lead to a site, and whether it takes anything in. */
export async function setSiteState(stack: string, site: string, state: State): Promise<void> {
  await edit(stack, (text) => withSiteState(text, site, state));
}

/** Takes a site out. */
export async function removeSite(stack: string, site: string): Promise<void> {
  await edit(stack, (text) => withoutSite(text, site));
}

async function edit(stack: string, change: (text: string) => string): Promise<void> {
  const path = stackFile(stack);
  await replaceFile(path, change(await readFile(path, "utf8")));
}

/** @throws SentenceError where there is no such site */
export function withSiteState(text: string, site: string, state: State): string {
  const entry = siteIn(text, site);
  const there = pairOf(entry, "state");
  // What is not said is the default, as it was before.
  const without =
    there === undefined ? text : cut(text, lineStart(text, startOf(there)), lineEnd(text, startOf(there)));
  if (state === "serving") return without;
  const name = pairOf(siteIn(without, site), "name");
  if (name === undefined) return fail(`The stack's file has no name for the site ${site}.`);
  const indent = " ".repeat(startOf(name) - lineStart(without, startOf(name)));
  const end = lineEnd(without, startOf(name));
  return `${without.slice(0, end)}${indent}state: ${state}\n${without.slice(end)}`;
}

/** Also without its keys, which nobody has any more. @throws SentenceError where there is no such site */
export function withoutSite(text: string, site: string): string {
  const { range } = siteIn(text, site);
  const [start, , end] = range ?? [0, 0, 0];
  return withoutKeyNumbers(withoutKeys(cut(text, lineStart(text, start), lineStart(text, end)), site), site);
}

function withoutKeys(text: string, site: string): string {
  const list = parseDocument(text).getIn(["config", `${NAMESPACE}:tlsKeys`]);
  if (!isSeq(list)) return text;
  const isOfSite = (one: unknown): boolean => isMap(one) && one.get("site") === site;
  const own = list.items.find(isOfSite);
  if (!isMap(own)) return text;
  const left = list.items.filter((one) => !isOfSite(one));
  if (list.flow === true || left.length === 0) {
    const [start, end] = list.range ?? [0, 0];
    // An empty list is written behind its key.
    const from = left.length === 0 ? text.lastIndexOf(":", start) + 1 : start;
    const whole = left.length === 0 ? " []" : stringify(left, { collectionStyle: "flow", lineWidth: 0 }).trimEnd();
    return `${text.slice(0, from)}${whole}${text.slice(contentEnd(text, end))}`;
  }
  const [start, end] = own.range ?? [0, 0];
  return cut(text, lineStart(text, start), lineEnd(text, contentEnd(text, end)));
}

function siteIn(text: string, site: string): YAMLMap {
  const list = parseDocument(text).getIn(["config", `${NAMESPACE}:sites`]);
  const entries = isSeq(list) ? list.items : [];
  const entry = entries.find((one) => isMap(one) && one.get("name") === site);
  if (!isMap(entry)) return fail(`The stack's file has no site ${site}.`);
  if (entry.flow === true)
    return fail(
      `The site ${site} is written in braces in the stack's file; write one key a line, so that it can be changed.`,
    );
  return entry;
}

function pairOf(entry: YAMLMap, key: string): Pair | undefined {
  return entry.items.find((pair) => isPair(pair) && isScalar(pair.key) && pair.key.value === key);
}

function startOf({ key }: Pair): number {
  return isScalar(key) ? rangeStart(key) : 0;
}

const rangeStart = ({ range }: Node): number => range?.[0] ?? 0;
const cut = (text: string, from: number, to: number): string => text.slice(0, from) + text.slice(to);
const lineStart = (text: string, at: number): number => text.lastIndexOf("\n", at - 1) + 1;

/** The end of what stands before a place, without white space. */
const contentEnd = (text: string, at: number): number => text.slice(0, at).trimEnd().length;

/** Where the next line begins. */
function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end === -1 ? text.length : end + 1;
}
