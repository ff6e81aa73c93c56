/** Writes a step of a key into the text of a stack's file, or of one that it includes. Comments and everything else stay as they are. */
import { Document, isMap, isNode, isSeq, type Node, parseDocument, YAMLMap } from "yaml";
import { NAMESPACE } from "../../components/settings/read.ts";
import { fail } from "../console.ts";
import type { Change } from "../rotation/step.ts";

/** @throws SentenceError where the file does not have what is to be changed in the usual form */
export function withKeyChange(text: string, change: Change): string {
  const document = parseDocument(text);
  switch (change.kind) {
    case "dkim": {
      const domain = keysOf(document, change.domain);
      const stem = change.algorithm === "rsa" ? "dkim" : change.algorithm;
      set(document, domain, `${stem}Selector`, change.selector);
      set(document, domain, `${stem}Standby`, change.standby);
      set(document, domain, `${stem}Retired`, change.retired);
      break;
    }
    case "tls": {
      const site = entryOf(document, "tlsKeys", "site", change.site);
      set(document, site, "serves", change.serves);
      set(document, site, "standby", change.standby);
      break;
    }
    case "ca":
      document.setIn([...ROTATION, "linkAuthority", "signs"], change.signs);
      document.setIn([...ROTATION, "linkAuthority", "believed"], flow(document, change.believed));
      break;
    case "deploy":
      document.setIn([...ROTATION, "deploy", "uses"], change.uses);
      document.setIn([...ROTATION, "deploy", "letIn"], flow(document, change.letIn));
      break;
    case "link":
    case "ssh":
      document.setIn([...ROTATION, change.kind, change.site], change.number);
      break;
    case "srs":
      document.setIn([...ROTATION, "srs"], change.generation);
      if (change.believeLast) document.deleteIn([...ROTATION, "srsBelieveLast"]);
      else document.setIn([...ROTATION, "srsBelieveLast"], false);
      break;
    default:
      change satisfies never;
  }
  // Long lines, such as encrypted values, are not folded.
  return asBefore(text, document.toString({ lineWidth: 0 }));
}

/** Takes the numbers of a site's keys out, where there are some: a site that is gone has none. */
export function withoutKeyNumbers(text: string, site: string): string {
  const document = parseDocument(text);
  const numbered = ["link", "ssh"].filter((kind) => document.hasIn([...ROTATION, kind, site]));
  if (numbered.length === 0) return text;
  for (const kind of numbered) {
    document.deleteIn([...ROTATION, kind, site]);
    const left = document.getIn([...ROTATION, kind]);
    if (isMap(left) && left.items.length === 0) document.deleteIn([...ROTATION, kind]);
  }
  const rotation = document.getIn(ROTATION);
  if (isMap(rotation) && rotation.items.length === 0) document.deleteIn(ROTATION);
  return asBefore(text, document.toString({ lineWidth: 0 }));
}

/** The writer knows one style of brackets alone: lines that were in another stay in it, and new ones are without blanks. */
function asBefore(text: string, changed: string): string {
  const lines = new Set(text.split("\n"));
  const tight = (line: string): string => line.replace(/\[ (.*) \]/, "[$1]");
  return changed
    .split("\n")
    .map((line) => (lines.has(line) ? line : tight(line)))
    .join("\n");
}

const ROTATION = ["config", `${NAMESPACE}:rotation`] as const;

const INFRASTRUCTURE = ["config", `${NAMESPACE}:dkim`, "infrastructure"] as const;

/** Where a domain's DKIM keys are named: its own entry, or that of the sites' own domain. */
function keysOf(document: Document, domain: string): YAMLMap {
  if (hosts(document, domain) || document.getIn(["config", `${NAMESPACE}:infrastructureDomain`]) !== domain)
    return entryOf(document, "domains", "name", domain);
  const found = document.getIn(INFRASTRUCTURE);
  if (isMap(found)) return found;
  const made = document.createNode({});
  document.setIn(INFRASTRUCTURE, made);
  return made;
}

/** Whether a domain has its entry in this file. */
export function hostsDomain(text: string, domain: string): boolean {
  return hosts(parseDocument(text), domain);
}

function hosts(document: Document, domain: string): boolean {
  const entries = document.getIn(listPath(document, "domains"));
  return isSeq(entries) && entries.items.some((one) => isMap(one) && one.get("name") === domain);
}

/** A file that is included has lists alone, by their names. */
function listPath(document: Document, list: "domains" | "tlsKeys"): readonly string[] {
  return document.has("config") ? ["config", `${NAMESPACE}:${list}`] : [list];
}

/** The entry of a list by one of its keys; where the list may lack it, it is made. */
function entryOf(document: Document, list: "domains" | "tlsKeys", key: string, value: string): YAMLMap {
  const path = listPath(document, list);
  const entries = document.getIn(path);
  const found = isSeq(entries) ? entries.items.find((one) => isMap(one) && one.get(key) === value) : undefined;
  if (isMap(found)) return found;
  if (list === "domains") return fail(`The stack's file has no domain ${value}.`);
  const made = document.createNode({ [key]: value });
  if (isSeq(entries)) entries.add(made);
  else document.setIn(path, document.createNode([made]));
  return made;
}

/** An empty list is the default, and is left out. */
function set(
  document: Document,
  entry: YAMLMap,
  key: string,
  value: string | number | readonly (string | number)[],
): void {
  if (typeof value !== "object") entry.set(key, value);
  else if (value.length === 0) entry.delete(key);
  else entry.set(key, withComment(flow(document, value), entry.get(key, true)));
}

/** With what was said behind the value that was there. */
function withComment(node: Node, last: unknown): Node {
  if (isNode(last)) node.comment = last.comment ?? null;
  return node;
}

function flow(document: Document, values: readonly (string | number)[]): Node {
  return document.createNode([...values], { flow: true });
}
