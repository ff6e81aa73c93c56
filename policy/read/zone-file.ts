/** Zone files in the master format of RFC 1035 section 5, as far as a mail system's zones use it. */

export interface ZoneLine {
  /** As it is written; a line that begins with a blank has the owner of the line before. */
  readonly owner: string;
  /** What relative names of the line are below. */
  readonly origin: string;
  readonly type: string;
  /** The words of the RDATA; quoted strings without their quotes. */
  readonly data: readonly string[];
}

/** The records of a zone. Names stay as they are written; see {@link absolute}. */
export function parseZone(text: string, zone: string): ZoneLine[] {
  let origin = zone;
  let owner = "@";
  const lines: ZoneLine[] = [];
  for (const line of logicalLines(text)) {
    const [first = "", ...rest] = tokens(line);
    if (first.toUpperCase() === "$ORIGIN") origin = absolute(rest[0] ?? "", origin);
    else if (!first.startsWith("$")) {
      const inherits = /^\s/.test(line);
      if (!inherits) owner = first;
      const fields = inherits ? [first, ...rest] : rest;
      // TTL and class may stand in either order, and both may be missing.
      const at = fields.findIndex((field) => !/^(\d+[smhdw]?|IN)$/i.test(field));
      const [type = "", ...data] = fields.slice(Math.max(at, 0));
      lines.push({ owner, origin, type: type.toUpperCase(), data });
    }
  }
  return lines;
}

/** A name without its last dot; a relative one gets the origin. */
export function absolute(name: string, origin: string): string {
  const lower = name.toLowerCase();
  if (lower === "@") return origin;
  return lower.endsWith(".") ? lower.slice(0, -1) : `${lower}.${origin}`;
}

/** The texts of a TXT record's strings, joined as its readers do (RFC 7208 section 3.3). */
export function joined(strings: readonly string[]): string {
  return strings.map((one) => one.replace(/\\(\d{3}|.)/g, (_, escape: string) => unescaped(escape))).join("");
}

/** The quoted strings of a text such as `"v=spf1 " "-all"`; one without quotes is taken as it is. */
export function stringsOf(text: string): readonly string[] {
  return text.trimStart().startsWith('"') ? tokens(text) : [text];
}

function unescaped(escape: string): string {
  return /^\d{3}$/.test(escape) ? String.fromCharCode(Number(escape)) : escape;
}

/** Comments are cut off, and what stands in parentheses becomes one line. */
function logicalLines(text: string): string[] {
  const flat = text
    .split("\n")
    .map((line) => line.replace(/^((?:[^;"\\]|\\.|"(?:[^"\\]|\\.)*")*);.*$/, "$1"))
    .join("\n");
  return flat
    .replace(/"(?:[^"\\]|\\.)*"|\(([^()]*)\)/g, (whole, inner: unknown) =>
      typeof inner === "string" ? inner.replaceAll("\n", " ") : whole,
    )
    .split("\n")
    .filter((line) => line.trim() !== "");
}

function tokens(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}
