/** tcp_table(5): one question a line, one answer a line. */

/** What a lookup found out. `temporary` makes Postfix try again later; anything but a true absence must be that. */
export type Answer =
  | { readonly kind: "found"; readonly value: string }
  | { readonly kind: "absent" }
  | { readonly kind: "temporary"; readonly reason: string };

/** Longest line, its newline included. */
export const MAX_LINE = 4096;

/** `%`, white space and everything that is not printable ASCII becomes `%XX`. */
export function encode(text: string): string {
  return [...Buffer.from(text, "utf8")]
    .map((byte) =>
      byte <= 0x20 || byte >= 0x7f || byte === 0x25
        ? `%${byte.toString(16).padStart(2, "0")}`
        : String.fromCharCode(byte),
    )
    .join("");
}

/** Undoes {@link encode}. Undefined for a `%` without two digits, and for what is no UTF-8 then. */
export function decode(text: string): string | undefined {
  if (/%(?![0-9a-f]{2})/i.test(text)) return undefined;
  const bytes = Buffer.from(
    text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  );
  const decoded = bytes.toString("utf8");
  return Buffer.from(decoded, "utf8").equals(bytes) ? decoded : undefined;
}

/** The key that a line asks for; undefined for a line that is no question. */
export function parseQuestion(line: string): string | undefined {
  const match = /^get (\S*)\r?$/.exec(line);
  return match?.[1] === undefined ? undefined : decode(match[1]);
}

/** An answer as a line. One that is too long is temporary: cut short it would lose somebody's mail. */
export function formatAnswer(answer: Answer): string {
  switch (answer.kind) {
    case "absent":
      return "500 not%20there\n";
    case "temporary":
      return `400 ${encode(answer.reason)}\n`;
    case "found": {
      const line = `200 ${encode(answer.value)}\n`;
      return line.length <= MAX_LINE
        ? line
        : formatAnswer({ kind: "temporary", reason: "the answer is too long for tcp_table" });
    }
  }
}
