/** The `options` that a `Pulumi.yaml` or `PulumiPolicy.yaml` gives its `nodejs` runtime. */

export interface RuntimeOptions {
  /** Whether ts-node compiles the program. Off where Node strips the types by itself. @default true */
  readonly typescript: boolean;
  /** Path of a tsconfig.json for ts-node, relative to the program. */
  readonly tsconfig: string | undefined;
  /** Arguments for Node itself. */
  readonly nodeArguments: readonly string[];
}

/**
 * Reads the options as the engine sends them.
 *
 * @throws {Error} when one has the wrong type, naming it
 */
export function parseOptions(options: Readonly<Record<string, unknown>>): RuntimeOptions {
  const typescript = options["typescript"] ?? true;
  if (typeof typescript !== "boolean") throw wrongType("typescript", "true or false");
  const tsconfig = options["tsconfig"];
  if (tsconfig !== undefined && typeof tsconfig !== "string") throw wrongType("tsconfig", "a path");
  const nodeargs = options["nodeargs"] ?? "";
  if (typeof nodeargs !== "string") throw wrongType("nodeargs", "a text with arguments for Node");
  return { typescript, tsconfig, nodeArguments: splitWords(nodeargs) };
}

/** The environment by which the SDK's run scripts learn of the options. */
export function optionEnvironment(options: RuntimeOptions): Record<string, string> {
  return {
    ...(options.typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
    ...(options.tsconfig === undefined ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig }),
  };
}

/** Splits a line into words like a shell: blanks part them, single and double quotes and `\` keep them together. */
export function splitWords(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (quote !== undefined && character === quote) quote = undefined;
    else if (quote === undefined && (character === "'" || character === '"')) {
      quote = character;
      word ??= "";
    } else if (character === "\\" && quote !== "'") word = (word ?? "") + line.charAt(++at);
    else if (quote === undefined && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + character;
  }
  if (quote !== undefined) throw new Error(`The runtime option nodeargs has a ${quote} that is not closed: ${line}`);
  if (word !== undefined) words.push(word);
  return words;
}

function wrongType(name: string, wanted: string): Error {
  return new Error(`The runtime option ${name} must be ${wanted}; change it under runtime.options of Pulumi.yaml.`);
}
