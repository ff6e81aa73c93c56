/** A folder as one stream of bytes: a POSIX tar archive (IEEE 1003.1, ustar interchange format). Pure. */
import { dirname } from "node:path/posix";
import { MODE } from "./layout.ts";
import type { Tree } from "./layout.ts";

const BLOCK_BYTES = 512;
const MAX_NAME_BYTES = 100;
const MAX_PREFIX_BYTES = 155;

/** The archive of a tree. Nothing in it depends on when or where it is made. */
export function tarOf({ uid, files }: Tree): Buffer {
  const folders = new Set(files.flatMap(({ path }) => foldersAbove(path)));
  // Open while files are put in; the receiver gives each folder its mode at the end.
  const entries = [
    ...[...folders].map((path) => header({ path: `${path}/`, mode: MODE.folder, uid, size: 0, type: "5" })),
    ...files.flatMap(({ path, content, mode }) => {
      const bytes = Buffer.from(content, "utf8");
      return [header({ path, mode, uid, size: bytes.length, type: "0" }), padded(bytes)];
    }),
  ];
  return Buffer.concat([...entries, Buffer.alloc(2 * BLOCK_BYTES)]);
}

interface Entry {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly size: number;
  /** `0`: a file, `5`: a folder. */
  readonly type: "0" | "5";
}

function header({ path, mode, uid, size, type }: Entry): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  const [prefix, name] = splitPath(path);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, "0")}\0`;
  block.write(name, 0);
  block.write(octal(mode, 7), 100);
  block.write(octal(uid, 7), 108);
  block.write(octal(uid, 7), 116);
  block.write(octal(size, 11), 124);
  block.write(octal(0, 11), 136);
  block.write(" ".repeat(8), 148);
  block.write(type, 156);
  block.write("ustar\x0000", 257);
  block.write(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

/** A longer path is cut at one of its slashes, which the reader puts back. */
function splitPath(path: string): readonly [prefix: string, name: string] {
  if (Buffer.byteLength(path) <= MAX_NAME_BYTES) return ["", path];
  for (let at = path.indexOf("/"); at >= 0 && at < path.length - 1; at = path.indexOf("/", at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (Buffer.byteLength(name) <= MAX_NAME_BYTES && Buffer.byteLength(prefix) <= MAX_PREFIX_BYTES)
      return [prefix, name];
  }
  throw new Error(`The path ${path} is too long for a tar archive; no part of it may have more than 100 bytes.`);
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((BLOCK_BYTES - (bytes.length % BLOCK_BYTES)) % BLOCK_BYTES)]);
}

function foldersAbove(path: string): string[] {
  const parent = dirname(path);
  return parent === "." ? [] : [...foldersAbove(parent), parent];
}
