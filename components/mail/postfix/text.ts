/** The text forms of main.cf(5) and master.cf(5), and of header_checks(5). */
import { concat, literal } from "../../plan/text.ts";
import type { Text } from "../../plan/text.ts";

/** A text with references in it, such as an address that is not known yet. */
export interface Late {
  readonly late: Text;
}

type Known = string | number | boolean | readonly string[];

/** A value of main.cf; a list is written one entry a line. */
export type Value = Known | Late | readonly (string | Late)[];

/** A titled part of main.cf. The title becomes a comment, so it says why as much as what. */
export interface Section {
  readonly title: string;
  readonly parameters: Readonly<Record<string, Value>>;
}

/**
 * Renders main.cf.
 *
 * @throws Error when two sections set the same parameter: Postfix would quietly take the last.
 */
export function mainCf(sections: readonly Section[]): Text {
  const seen = new Map<string, string>();
  const parts = sections.map(({ title, parameters }) => {
    const lines = Object.entries(parameters).map(([name, value]) => {
      const before = seen.get(name);
      if (before !== undefined) throw new Error(`main.cf: "${name}" is set in "${before}" and again in "${title}".`);
      seen.set(name, title);
      return concat(`${name} =`, valueText(value), "\n");
    });
    return concat(...title.split("\n").map((line) => `# ${line}\n`), ...lines);
  });
  return concat(...parts.flatMap((part, index) => (index === 0 ? [part] : ["\n", part])));
}

function valueText(value: Value): Text {
  if (typeof value === "boolean") return value ? " yes" : " no";
  if (typeof value === "string" || typeof value === "number") return value === "" ? "" : ` ${value}`;
  if ("late" in value) return concat(" ", value.late);
  const before = value.length === 1 ? " " : "\n    ";
  return concat(...value.flatMap((entry) => [before, typeof entry === "string" ? entry : entry.late]));
}

/** One line of master.cf: always unchrooted, because a container is the jail already. */
export interface Service {
  readonly name: string;
  readonly type: "inet" | "unix" | "unix-dgram";
  /** Whether only Postfix itself may use it. @default true */
  readonly private?: boolean;
  /** Whether it runs as the `postfix` user. @default true */
  readonly unprivileged?: boolean;
  /** Seconds after which it is woken up; a `?` after it: only once it is in use. */
  readonly wakeup?: string;
  /** Most processes; 0 is without end. @default default_process_limit */
  readonly processes?: number;
  readonly command: string;
  /** Parameters of main.cf that differ for this service. */
  readonly options?: Readonly<Record<string, Known>>;
}

/** Renders master.cf. */
export function masterCf(services: readonly Service[]): string {
  const head = ["# service", "type", "private", "unpriv", "chroot", "wakeup", "maxproc", "command"];
  const rows = services.map((service) => [
    service.name,
    service.type,
    service.private === false ? "n" : "-",
    service.unprivileged === false ? "n" : "-",
    "n",
    service.wakeup ?? "-",
    service.processes === undefined ? "-" : String(service.processes),
    service.command,
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd();
  const text = rows.map((row, i) => {
    const options = Object.entries(services[i]?.options ?? {});
    return [line(row), ...options.map(([name, value]) => `    -o { ${name} =${oneLine(value)} }`)].join("\n");
  });
  return `${line(head)}\n${text.join("\n")}\n`;
}

const oneLine = (value: Known): string =>
  typeof value === "object" ? ` ${value.join(" ")}` : literal(valueText(value));
