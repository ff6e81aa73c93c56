/** The files of a folder, with what decides whether an image made from them is the same. */
import { createHash } from "node:crypto";
import { readFile, readdir, readlink, stat } from "node:fs/promises";
import { join, relative } from "node:path";

/** A file, known by what decides. */
export interface SourceFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  /** SHA-256 of the content, or of a link's target, in hexadecimal. */
  readonly hash: string;
  readonly kind: "file" | "executable" | "link";
}

/** All files below a folder that `wanted` takes, sorted by path. A folder that is not there has none. */
export async function filesOf(folder: string, wanted: (path: string) => boolean = () => true): Promise<SourceFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.flatMap((entry) => {
    const path = relative(folder, join(entry.parentPath, entry.name));
    return entry.isDirectory() || !wanted(path) ? [] : [{ path, link: entry.isSymbolicLink() }];
  });
  const read = await Promise.all(
    files.map(({ path, link }) => (link ? readLink(folder, path) : readSource(folder, path))),
  );
  return read.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** What goes into an image's context: what is built from sources goes there as built, and tests do not. */
export function inContext(path: string): boolean {
  return !/(^|\/)(node_modules|testdata|dist)\//.test(path) && !/\.(ts|go|md)$|(^|\/)go\.(mod|sum)$/.test(path);
}

/** What the keeper is built from. */
export function isGoSource(path: string): boolean {
  return /\.go$|(^|\/)go\.(mod|sum)$/.test(path) && !path.endsWith("_test.go");
}

/** One hash over names and values, which no other list of names and values has. */
export function hashOf(values: Readonly<Record<string, string>>): string {
  const sum = createHash("sha256");
  for (const name of Object.keys(values).sort()) sum.update(`${JSON.stringify([name, values[name]])}\n`);
  return sum.digest("hex");
}

/** The same for the same files, in whatever order they come. */
export function hashOfFiles(files: readonly SourceFile[]): string {
  return hashOf(Object.fromEntries(files.map(({ path, hash, kind }) => [path, `${kind} ${hash}`])));
}

async function readSource(folder: string, path: string): Promise<SourceFile> {
  const full = join(folder, path);
  const [content, { mode }] = await Promise.all([readFile(full, "latin1"), stat(full)]);
  return {
    path,
    hash: createHash("sha256").update(content, "latin1").digest("hex"),
    kind: (mode & 0o100) === 0 ? "file" : "executable",
  };
}

async function readLink(folder: string, path: string): Promise<SourceFile> {
  const target = await readlink(join(folder, path));
  return { path, hash: createHash("sha256").update(target).digest("hex"), kind: "link" };
}
