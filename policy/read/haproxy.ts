/** HAProxy as it is configured, as far as who reaches what goes. */

export interface Section {
  /** `global`, `defaults`, `frontend`, `backend`, `listen` and others. */
  readonly kind: string;
  readonly name: string;
  /** Lines without blanks at their ends; comments and empty ones are left out. */
  readonly lines: readonly string[];
}

/** One `bind` line. */
export interface Bind {
  readonly address: string;
  /** First and last of a range. */
  readonly ports: readonly number[];
  /** The address as it is written. */
  readonly shown: string;
  readonly options: readonly string[];
}

const KINDS =
  /^(global|defaults|frontend|backend|listen|resolvers|peers|userlist|cache|ring|program|mailers|http-errors|log-forward|fcgi-app|crt-store|traces)\b\s*(\S*)/;

/** Lines as HAProxy reads them: without comments, and quotes gone. A blank that was quoted parts no words, so it becomes `_`. */
export function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => unquoted(line).trim())
    .filter((line) => line !== "");
}

const PIECE = /\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'|#.*$|[^]/g;

function unquoted(line: string): string {
  return line.replace(PIECE, (piece: string, escaped?: string, weak?: string, strong?: string) => {
    const quoted = escaped ?? weak ?? strong;
    if (quoted !== undefined) return quoted.replace(/\s/g, "_");
    return piece.startsWith("#") ? "" : piece;
  });
}

/** A configuration, cut at the words that begin its sections; comments and empty lines are gone. */
export function sectionsOf(text: string): Section[] {
  return linesOf(text).reduce<Section[]>((sections, line) => {
    const [, kind, name = ""] = KINDS.exec(line) ?? [];
    if (kind !== undefined) return [...sections, { kind, name, lines: [] }];
    const last = sections.at(-1);
    return last === undefined ? sections : [...sections.slice(0, -1), { ...last, lines: [...last.lines, line] }];
  }, []);
}

/** What a section leads to by name. A name that is put together while it runs has `%` in it. */
export function backendsOf({ lines }: Section): string[] {
  return lines.flatMap((line) => /^(?:default_backend|use_backend)\s+(\S+)/.exec(line)?.[1] ?? []);
}

/** Sockets of the file system that a section listens on, by their paths. */
export function socketsOf({ lines }: Section): string[] {
  return lines
    .flatMap((line) => /^bind\s+(\S+)/.exec(line)?.[1]?.split(",") ?? [])
    .flatMap((target) => /^(?:unix@)?(\/.*)$/.exec(target)?.[1] ?? []);
}

/** All `bind` lines, each with its comma-separated addresses. Sockets of the file system stay out. */
export function bindsOf({ lines }: Pick<Section, "lines">): Bind[] {
  return lines.flatMap((line) => {
    const [keyword, targets = "", ...options] = line.trim().split(/\s+/);
    if (keyword !== "bind") return [];
    return targets
      .split(",")
      .filter((target) => !/^(\/|unix@|abns@|fd@|sockpair@)/.test(target))
      .map((shown) => bind(shown, options));
  });
}

/** Whether the port lies in the bind's range. */
export function binds({ ports }: Bind, port: number): boolean {
  const [first = Number.NaN, last = first] = ports;
  return first <= port && port <= last;
}

function bind(shown: string, options: readonly string[]): Bind {
  const target = shown.replace(/^(ipv4|ipv6|tcp|tcp4|tcp6|quic4|quic6|udp|udp4|udp6)@/, "");
  const colon = target.lastIndexOf(":");
  return {
    address: target.slice(0, Math.max(colon, 0)).replace(/^\[(.*)\]$/, "$1"),
    ports: target
      .slice(colon + 1)
      .split("-")
      .map(Number),
    shown,
    options,
  };
}
