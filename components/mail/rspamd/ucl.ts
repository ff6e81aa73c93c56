/** rspamd's own syntax, UCL. */

/** A list of strings. Backslashes and quotes in them are escaped. */
export const list = (values: readonly string[]): string =>
  `[${values.map((value) => JSON.stringify(value)).join(", ")}]`;
