/** Dovecot's settings, as far as single ones go. Format: `name = value`, and blocks in braces. */

export interface DovecotSetting {
  readonly value: string;
  /** 0 outside of all blocks. */
  readonly depth: number;
}

/** Every value that a setting is given, also in blocks for one protocol or service. */
export function dovecotSettings(text: string, name: string): DovecotSetting[] {
  let depth = 0;
  const found: DovecotSetting[] = [];
  for (const line of text.split("\n").map((one) => one.replace(/(^|\s)#.*$/, "").trim())) {
    // `protocol/imap/ssl = yes` is a block in one line.
    const [, blocks = "", key, value] = /^((?:[^\s=/]+\/)*)([a-z0-9_]+)\s*=\s*(.*)$/.exec(line) ?? [];
    const inside = depth + blocks.split("/").length - 1;
    if (key === name && value !== undefined) found.push({ value: value.replace(/^"(.*)"$/, "$1"), depth: inside });
    else if (line.endsWith("{")) depth += 1;
    else if (line === "}") depth -= 1;
  }
  return found;
}

/** The value outside of all blocks; the last one counts. */
export function dovecotSetting(text: string, name: string): string | undefined {
  return dovecotSettings(text, name).findLast(({ depth }) => depth === 0)?.value;
}

/** Whether it stores mail. One without any protocol only answers who logs in. */
export function holdsMail(conf: string): boolean {
  return dovecotSetting(conf, "protocols") !== "";
}
