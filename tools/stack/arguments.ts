/** Arguments that most commands share. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { fail } from "../console.ts";

/** What was read: the words before the stack's name are in `rest`. */
export interface StackArguments {
  readonly stack: string;
  readonly flags: ReadonlySet<string>;
  readonly rest: readonly string[];
}

/**
 * Reads `[stack] [--flag…]`.
 *
 * @param positional how many words come before the stack's name.
 * @throws SentenceError for a flag that the command does not know
 */
export function stackArguments(args: readonly string[], known: readonly string[], positional = 0): StackArguments {
  const options = Object.fromEntries(known.map((name) => [name, { type: "boolean" as const }]));
  const takes = known.length === 0 ? "no flags" : known.map((flag) => `--${flag}`).join(", ");
  const config = { args: [...args], options, allowPositionals: true };
  const { values, positionals } = parsedArguments(config, `; the command takes ${takes}.`);
  const rest = positionals.slice(0, positional);
  const [stack = "local", ...more] = positionals.slice(positional);
  if (more.length > 0) fail(`"${more.join(" ")}" is one word too many: only the name of a stack comes here.`);
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(stack)) {
    fail(`"${stack}" is no name of a stack: use lower-case letters, digits and hyphens, such as local.`);
  }
  const flags = new Set(Object.entries(values).flatMap(([name, value]) => (value === true ? [name] : [])));
  return { stack, flags, rest };
}

/**
 * `parseArgs`, whose errors become sentences.
 *
 * @param hint the sentence's second half, with the sign that parts it from the first: what the command takes
 * @throws SentenceError for a flag that is not known, for one without its value, and for one with a value that takes none
 */
export function parsedArguments<const Config extends ParseArgsConfig>(
  config: Config,
  hint: string,
): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return fail(`${error.message.split(". ")[0] ?? error.message}${hint}`);
  }
}
