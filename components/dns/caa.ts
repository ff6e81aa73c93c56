/** CAA records, RFC 8659. */
import type { CaaProperty } from "../plan/types.ts";
import { parseStrings, quote } from "./txt.ts";

const MAX_OCTET = 255;

/** RDATA in master-file form, RFC 8659 section 4.1.1. */
export function formatCaa({ flags, tag, value }: CaaProperty): string {
  return `${flags} ${tag} ${quote(Buffer.from(value, "utf8"))}`;
}

/** Reads what {@link formatCaa} writes. @throws SyntaxError for anything else */
export function parseCaa(text: string): CaaProperty {
  const [, flags, tag, quoted] = /^(\d+) ([a-z\d]+) (".*")$/i.exec(text) ?? [];
  if (tag === undefined || quoted === undefined || Number(flags) > MAX_OCTET) {
    throw new SyntaxError(`"${text}" is not a CAA record: flags from 0 to 255, a tag, then a value in quotes`);
  }
  const [value, ...more] = parseStrings(quoted);
  if (value === undefined || more.length > 0) throw new SyntaxError(`"${text}" has more than one value`);
  return { flags: Number(flags), tag, value: value.toString("utf8") };
}
