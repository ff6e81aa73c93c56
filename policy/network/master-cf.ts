/** Postfix's master.cf, as far as its listeners go. Format: master(5). */

export interface MasterService {
  /** First field: `host:port` or `port`. */
  readonly name: string;
  readonly type: string;
  readonly command: string;
  /** Values of `-o` options by parameter. */
  readonly options: ReadonlyMap<string, string>;
}

export function parseMasterCf(text: string): MasterService[] {
  return logicalLines(text).map((line) => {
    const [name = "", type = "", , , , , , command = "", ...rest] = line.split(/\s+/);
    return { name, type, command, options: optionsOf(rest.join(" ")) };
  });
}

/** The value of a parameter in main.cf, format postconf(5); undefined where it is not set. */
export function mainParameter(text: string, name: string): string | undefined {
  const settings = logicalLines(text).map((line) => /^([^=\s]+)\s*=\s*(.*)$/.exec(line));
  return settings.findLast((match) => match?.[1] === name)?.[2]?.trim();
}

/** The host of a service's name: empty where it listens on all addresses. */
export function hostOf(name: string): string {
  const colon = name.lastIndexOf(":");
  return colon < 0 ? "" : name.slice(0, colon).replace(/^\[(.*)\]$/, "$1");
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

/** `-o name=value`, and `-o { name = value }` where there are blanks. */
function optionsOf(text: string): ReadonlyMap<string, string> {
  const found = [...text.matchAll(/-o\s+(?:\{\s*([^=}\s]+)\s*=\s*([^}]*?)\s*\}|([^=\s]+)=(\S*))/g)];
  return new Map(
    found.map(([, name, value, plainName, plainValue]) => [name ?? plainName ?? "", value ?? plainValue ?? ""]),
  );
}
