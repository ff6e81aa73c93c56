/** Where this machine gets Debian packages from, when it is not deb.debian.org. */
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

/** URLs of the archive and of its security updates. */
export interface DebianMirror {
  readonly main: string;
  readonly security: string;
}

/** What images name as their source. */
export const PUBLIC_MIRROR: DebianMirror = {
  main: "http://deb.debian.org/debian",
  security: "http://deb.debian.org/debian-security",
};

/**
 * The mirror that the machine's own apt uses, where it is a Debian one, or what `MAILKEEP_DEBIAN_MIRROR` and
 * `MAILKEEP_DEBIAN_SECURITY_MIRROR` name. Ubuntu's mirrors hold no Debian, so there the variables are the way.
 */
export async function debianMirror(env = process.env, folder = "/etc/apt"): Promise<DebianMirror> {
  const own = mirrorOf(await readSources(folder));
  const main = env["MAILKEEP_DEBIAN_MIRROR"] ?? own.main;
  return {
    main: main.replace(/\/$/, ""),
    security: (env["MAILKEEP_DEBIAN_SECURITY_MIRROR"] ?? own.security).replace(/\/$/, ""),
  };
}

/** Whether it is the one that images name. */
export function isPublic(mirror: DebianMirror): boolean {
  return mirror.main === PUBLIC_MIRROR.main && mirror.security === PUBLIC_MIRROR.security;
}

interface Source {
  readonly uri: string;
  readonly suite: string;
}

/** @param texts content of apt's source files, of either format of sources.list(5) */
export function mirrorOf(texts: readonly string[]): DebianMirror {
  const sources = texts.flatMap((text) => (/^\s*Types:/im.test(text) ? stanzaSources(text) : lineSources(text)));
  const debian = sources.filter(({ uri }) => /^https?:\/\/.*\/debian(-security)?\/?$/.test(uri));
  const find = (wanted: (suite: string) => boolean) =>
    debian.find(({ suite }) => wanted(suite))?.uri.replace(/\/$/, "");
  return {
    main: find((suite) => !suite.includes("security")) ?? PUBLIC_MIRROR.main,
    security: find((suite) => suite.includes("security")) ?? PUBLIC_MIRROR.security,
  };
}

function lineSources(text: string): Source[] {
  return text.split("\n").flatMap((line) => {
    const [, uri, suite] = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)/.exec(line) ?? [];
    return uri === undefined || suite === undefined ? [] : [{ uri, suite }];
  });
}

function stanzaSources(text: string): Source[] {
  const uncommented = text.replaceAll(/^#.*\n?/gm, "");
  return uncommented.split(/\n\s*\n/).flatMap((stanza) => {
    if (/^Enabled:\s*no/im.test(stanza)) return [];
    const words = (field: string) => new RegExp(`^${field}:\\s*(.*)$`, "im").exec(stanza)?.[1]?.split(/\s+/) ?? [];
    return words("URIs").flatMap((uri) => words("Suites").map((suite) => ({ uri, suite })));
  });
}

async function readSources(folder: string): Promise<string[]> {
  const parts = await readdir(join(folder, "sources.list.d")).catch(() => []);
  const files = [
    "sources.list",
    ...parts.filter((name) => /\.(list|sources)$/.test(name)).map((name) => join("sources.list.d", name)),
  ];
  return Promise.all(files.map((name) => readFile(join(folder, name), "utf8").catch(() => "")));
}
