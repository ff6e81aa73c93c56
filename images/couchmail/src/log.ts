/** Log lines to standard error as JSON, one a line. Never with a password, a hash or a token, and lookups are not logged. */

type Level = "debug" | "info" | "warning" | "error";

/** Writes one line. */
export interface Logger {
  (level: Level, message: string, fields?: Readonly<Record<string, string | number>>): void;
}

const ORDER: readonly Level[] = ["debug", "info", "warning", "error"];

/** @param least the lowest level that is written */
export function logger(least: Level, write: (line: string) => void = (line) => process.stderr.write(line)): Logger {
  return (level, message, fields = {}) => {
    if (ORDER.indexOf(level) < ORDER.indexOf(least)) return;
    write(`${JSON.stringify({ at: new Date().toISOString(), level, message, ...fields })}\n`);
  };
}

/** What an unknown thing that was thrown says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
