/** Postfix as it is configured: main.cf, and what each listener of master.cf says otherwise. postconf(5), master(5). */
import { fileOf, type ReleaseWorkload } from "./release.ts";

/** A line of master.cf. */
export interface MasterService {
  /** First field: `host:port` or `port`. */
  readonly name: string;
  readonly type: string;
  readonly command: string;
  /** Values of `-o` options by parameter. */
  readonly options: ReadonlyMap<string, string>;
}

/** A Postfix of a workload. */
export interface Postfix {
  /** Value of a parameter in main.cf, with what it refers to; undefined where it is not set. */
  readonly parameter: (name: string) => string | undefined;
  /** A value with what it refers to in main.cf. */
  readonly expand: (value: string) => string;
  readonly services: readonly MasterService[];
}

/** The Postfix of a workload; undefined where it runs none. */
export function postfixOf(workload: ReleaseWorkload): Postfix | undefined {
  const main = fileOf(workload, "main.cf");
  if (main === undefined) return undefined;
  return {
    parameter: (name) => mainParameter(main, name),
    expand: (value) => expanded(settingsOf(main), value),
    get services() {
      return parseMasterCf(fileOf(workload, "master.cf") ?? "");
    },
  };
}

/** Listeners for SMTP, each with its parameters: its own options, else those of main.cf. */
export function smtpListeners(postfix: Postfix): { name: string; parameter: Postfix["parameter"] }[] {
  return postfix.services
    .filter(({ type, command }) => (type === "inet" || type === "pass") && command === "smtpd")
    .map(({ name, options }) => ({
      name,
      parameter: (key) => {
        const option = options.get(key);
        return option === undefined ? postfix.parameter(key) : postfix.expand(option);
      },
    }));
}

/** Whether a setting that is yes or no is yes, which Postfix reads in either case. */
export function isYes(value: string | undefined): boolean {
  return value?.toLowerCase() === "yes";
}

/** Services of a master.cf, in its order. */
export function parseMasterCf(text: string): MasterService[] {
  return logicalLines(text).map((line) => {
    const [name = "", type = "", , , , , , command = "", ...rest] = wordsOf(line, /\s/);
    return { name, type, command, options: optionsOf(rest) };
  });
}

/** Deep enough for any sane file; one that refers to itself ends here. */
const MAX_DEPTH = 5;

/** The value of a parameter in main.cf, format postconf(5); undefined where it is not set. */
export function mainParameter(text: string, name: string): string | undefined {
  const settings = settingsOf(text);
  const value = settings.get(name);
  return value === undefined ? undefined : expanded(settings, value);
}

function settingsOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    logicalLines(text).flatMap((line): [string, string][] => {
      const [, key, value] = /^([^=\s]+)\s*=\s*(.*)$/.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value.trim()]];
    }),
  );
}

function expanded(settings: ReadonlyMap<string, string>, value: string, depth = MAX_DEPTH): string {
  if (depth === 0) return value;
  return value.replace(/\$(?:\{([a-z0-9_]+)\}|\(([a-z0-9_]+)\)|([a-z0-9_]+))/gi, (whole, ...groups: unknown[]) => {
    const key = groups.slice(0, 3).find((group) => typeof group === "string");
    const inner = typeof key === "string" ? settings.get(key) : undefined;
    return inner === undefined ? whole : expanded(settings, inner, depth - 1);
  });
}

/** The host of a service's name: empty where it listens on all addresses. */
export function hostOf(name: string): string {
  const colon = name.lastIndexOf(":");
  return colon < 0 ? "" : name.slice(0, colon).replace(/^\[(.*)\]$/, "$1");
}

/** The words of a list: blanks and commas part them, braces keep them together, however deep they are. */
export function listOf(value: string): string[] {
  return wordsOf(value, /[\s,]/);
}

function wordsOf(text: string, between: RegExp): string[] {
  const words: string[] = [];
  let [word, depth] = ["", 0];
  for (const letter of text) {
    if (depth === 0 && between.test(letter)) {
      if (word !== "") words.push(word);
      word = "";
    } else {
      word += letter;
      depth += letter === "{" ? 1 : letter === "}" ? -1 : 0;
    }
  }
  return word === "" ? words : [...words, word];
}

/** Lines that begin with a blank go on with the line before; comments and empty lines are left out. */
function logicalLines(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => !/^\s*(#|$)/.test(line))
    .reduce<string[]>((lines, line) => {
      const last = lines.length - 1;
      return /^\s/.test(line) && last >= 0
        ? lines.with(last, `${lines[last] ?? ""} ${line.trim()}`)
        : [...lines, line.trim()];
    }, []);
}

/** `-o name=value` with a blank or without, and `-o { name = value }` where there are blanks in it; the last one counts. */
function optionsOf(words: readonly string[]): ReadonlyMap<string, string> {
  const options = words.flatMap((word, index) => {
    if (!word.startsWith("-o")) return [];
    return [word === "-o" ? (words[index + 1] ?? "") : word.slice(2)];
  });
  return new Map(
    options.map((option) => {
      const text = option.replace(/^\{(.*)\}$/s, "$1");
      const [name = "", ...value] = text.split("=");
      return [name.trim(), value.join("=").trim()];
    }),
  );
}

/** Where mail leaves to. */
export interface Exits {
  /** Whether some of it goes to recipients' own MX. */
  readonly direct: boolean;
  /** Servers of others that are to send it on, as they are written. */
  readonly relays: readonly string[];
}

/** By the parameters, and by the transports that listeners have for what comes in there. */
export function exitsOf(postfix: Postfix): Exits {
  const relayhost = postfix.parameter("relayhost") ?? "";
  const filters = smtpListeners(postfix).flatMap(({ parameter }) => {
    const [, nexthop] = /^[\w-]+:(.*)$/.exec(parameter("content_filter") ?? "") ?? [];
    return nexthop === undefined ? [] : [nexthop];
  });
  const fallbacks = [
    postfix.parameter("smtp_fallback_relay") ?? "",
    ...postfix.services.flatMap(({ options }) => options.get("smtp_fallback_relay") ?? []),
  ];
  const destinations = [relayhost, ...filters, ...fallbacks].flatMap(listOf);
  return {
    direct: [relayhost, ...filters].some((list) => listOf(list).length === 0),
    relays: [...new Set(destinations.filter((one) => !/^\[?(127\.|::1\])/.test(one)))],
  };
}
