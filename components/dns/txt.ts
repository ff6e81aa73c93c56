/** Character-strings and TXT records in master-file form, RFC 1035 sections 3.3 and 5.1. */

/** Longest character-string, RFC 1035 section 3.3. */
export const MAX_STRING_OCTETS = 255;

/** A TXT record's text as quoted strings of at most 255 octets; readers join them again (RFC 7208 section 3.3). */
export function formatTxt(text: string): string {
  const octets = Buffer.from(text, "utf8");
  const strings: string[] = [];
  for (let start = 0; start === 0 || start < octets.length; start += MAX_STRING_OCTETS) {
    strings.push(quote(octets.subarray(start, start + MAX_STRING_OCTETS)));
  }
  return strings.join(" ");
}

/** The text that {@link formatTxt} wrote. @throws SyntaxError when `data` is not a list of quoted strings */
export function parseTxt(data: string): string {
  return Buffer.concat(parseStrings(data).map((octets) => Uint8Array.from(octets))).toString("utf8");
}

/** Quotes one character-string. Escapes by octet, so that a string cut inside a character is still right. */
export function quote(octets: Buffer): string {
  const escaped = Array.from(octets, (octet) => {
    const character = String.fromCharCode(octet);
    if (character === '"' || character === "\\") return `\\${character}`;
    return octet >= 0x20 && octet < 0x7f ? character : `\\${String(octet).padStart(3, "0")}`;
  });
  return `"${escaped.join("")}"`;
}

/** The octets of each quoted string. @throws SyntaxError for anything but strings with one blank between */
export function parseStrings(data: string): readonly Buffer[] {
  if (!STRINGS.test(data)) throw new SyntaxError(`${data} is not a list of quoted strings.`);
  return [...data.matchAll(QUOTED)].map(([, inner = ""]) =>
    Buffer.from(
      [...inner.matchAll(CHARACTER)].map(([, code, escaped, plain]) =>
        code === undefined ? (escaped ?? plain ?? "").charCodeAt(0) : Number(code),
      ),
    ),
  );
}

/** Printable ASCII, `\DDD` for an octet, or a backslash before a character that is no digit. */
const INNER = String.raw`"((?:[ !#-\[\]-~]|\\(?:[01]\d\d|2[0-4]\d|25[0-5])|\\[ -\/:-~])*)"`;
const QUOTED = new RegExp(INNER, "g");
const STRINGS = new RegExp(`^${INNER}(?: ${INNER})*$`);
const CHARACTER = /\\(\d{3})|\\(\D)|([^\\])/g;
