/** OpenDKIM's tables: which key signs for whom. */
import { fileOf, inFiles, type Release, type ReleaseWorkload } from "../read/release.ts";

/** One signer's tables. */
export interface Signing {
  readonly workload: ReleaseWorkload;
  /** The one algorithm that it signs with, such as `rsa-sha256`. */
  readonly algorithm: string;
  /** Lines of the signing table: a pattern for From addresses, what it means, and the name of a key. */
  readonly lines: readonly { readonly pattern: string; readonly fits: RegExp; readonly key: string }[];
  readonly keys: ReadonlyMap<string, SigningKey>;
}

/** A line of the key table. */
export interface SigningKey {
  readonly domain: string;
  readonly selector: string;
  readonly path: string;
  /** The path among the workload's files; undefined where it lies elsewhere. */
  readonly file: string | undefined;
}

/** The signers of a release. */
export function signingsOf(release: Release): Signing[] {
  return release.workloads.flatMap((workload) => {
    const table = fileOf(workload, "signingtable");
    return table === undefined
      ? []
      : [
          {
            workload,
            algorithm: algorithmOf(fileOf(workload, "opendkim.conf") ?? ""),
            lines: linesOf(table),
            keys: keysOf(fileOf(workload, "keytable") ?? ""),
          },
        ];
  });
}

/** The key that signs for an address of a domain: the first line that fits wins. */
export function keyFor({ lines, keys }: Signing, domain: string): SigningKey | undefined {
  const line = lines.find(({ fits }) => fits.test(`someone@${domain}`));
  return line === undefined ? undefined : keys.get(line.key);
}

/** What OpenDKIM takes without a setting is the first choice of RFC 6376. */
function algorithmOf(configuration: string): string {
  return /^\s*SignatureAlgorithm\s+(\S+)/im.exec(configuration)?.[1]?.toLowerCase() ?? "rsa-sha256";
}

function linesOf(table: string): Signing["lines"] {
  return rows(table).map(([word = "", key = ""]) => {
    const pattern = word.toLowerCase();
    return { pattern, fits: formOf(pattern), key };
  });
}

function keysOf(table: string): Signing["keys"] {
  return new Map(
    rows(table).map(([name = "", value = ""]) => {
      const [domain = "", selector = "", ...path] = value.split(":");
      const full = path.join(":");
      return [name, { domain: domain.toLowerCase(), selector, path: full, file: inFiles(full) }];
    }),
  );
}

function rows(table: string): string[][] {
  return table
    .split("\n")
    .filter((line) => !/^\s*(#|$)/.test(line))
    .map((line) => line.trim().split(/\s+/));
}

/** A pattern of a `refile:` table, in which `*` stands for anything. */
function formOf(pattern: string): RegExp {
  const form = pattern
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  return new RegExp(`^${form}$`);
}
