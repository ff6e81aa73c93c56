/** What a node of the schema takes, in words. */
import type { SchemaNode } from "./schema-tree.ts";

const FORMATS: Readonly<Record<string, string>> = {
  hostname: "domain name",
  email: "mail address",
  ipv4: "IPv4 address",
  ipv6: "IPv6 address",
  uri: "URL",
};

const TYPES: Readonly<Record<string, string>> = {
  string: "text",
  integer: "whole number",
  boolean: "true or false",
  object: "group of keys",
};

/** Such as `list of mail addresses`. */
export function typeWords(node: SchemaNode): string {
  if (node.type === "array") return `list of ${plural(node.items === undefined ? "values" : typeWords(node.items))}`;
  if (node.propertyNames !== undefined) return `group, by ${typeWords(node.propertyNames)}`;
  const forms = node.anyOf ?? node.oneOf;
  if (forms !== undefined) return [...new Set(forms.map(typeWords))].join(" or ");
  return FORMATS[node.format ?? ""] ?? TYPES[node.type ?? ""] ?? "text";
}

function plural(words: string): string {
  if (words.includes(" or ") && words !== TYPES["boolean"]) return words.split(" or ").map(plural).join(" or ");
  if (words === "group of keys") return "groups of keys";
  return words.endsWith("address") ? `${words}es` : `${words}s`;
}

/** What is allowed beyond the type; empty where the type says all. */
export function allowedWords(node: SchemaNode): string {
  if (node.allowed !== undefined) return node.allowed;
  const values = node.enum ?? (node.const === undefined ? [] : [node.const]);
  if (values.length > 0) return values.map((value) => code(String(value))).join(", ");
  if (node.type === "array") {
    const each = node.items === undefined ? "" : allowedWords(node.items);
    const count = range(node.minItems, node.maxItems, " entries");
    return [each === "" ? "" : `of ${each}`, count].filter((part) => part !== "").join("; ");
  }
  return range(node.minimum, node.maximum, "");
}

function range(from: number | undefined, to: number | undefined, unit: string): string {
  if (from === undefined) return "";
  if (to === undefined) return from === 1 && unit !== "" ? "one entry or more" : `${from}${unit} or more`;
  return `${from} to ${to}${unit}`;
}

/** What counts where the key is left out. */
export function defaultWords(node: SchemaNode, required: boolean): string {
  if (required) return "required";
  if (node.default === undefined) return "none";
  if (node.properties !== undefined) return "those of its keys";
  return code(typeof node.default === "string" ? node.default : JSON.stringify(node.default));
}

/** A text as Markdown has code. */
export function code(text: string): string {
  return `\`${text}\``;
}
