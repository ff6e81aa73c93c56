/** `.mailkeep/images.json`: the images of this checkout, for the program to read. */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { ImageName } from "../../components/plan/workload.ts";
import { HOME } from "../paths.ts";
import { isImageName } from "./names.ts";

/** An image on this machine's Docker. */
export interface BuiltImage {
  /** Such as `mailkeep/postfix:0123456789ab`; its last part is a hash of all that it is made from. */
  readonly tag: string;
  /** The engine's own digest of the image, `sha256:…`. */
  readonly id: string;
}

/** By name; those that have not been built are absent. */
export type BuiltImages = Readonly<Partial<Record<ImageName, BuiltImage>>>;

/** Its absolute path. */
export const RECORD = join(HOME, "images.json");

const schema = z.record(z.string(), z.object({ tag: z.string(), id: z.string() }));

/** What was built last. Nothing, where nothing was or the file is not readable. */
export async function readImages(path: string = RECORD): Promise<BuiltImages> {
  const text = await readFile(path, "utf8").catch(() => "{}");
  const parsed = schema.safeParse(parse(text));
  if (!parsed.success) return {};
  return Object.fromEntries(Object.entries(parsed.data).filter(([name]) => isImageName(name)));
}

/** Writes it if it says something else; readers never see half of it. */
export async function writeImages(images: BuiltImages, path: string = RECORD): Promise<void> {
  const sorted = Object.fromEntries(Object.entries(images).sort(([a], [b]) => (a < b ? -1 : 1)));
  const text = `${JSON.stringify(sorted, undefined, 2)}\n`;
  if ((await readFile(path, "utf8").catch(() => undefined)) === text) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.${process.pid}.new`, text);
  await rename(`${path}.${process.pid}.new`, path);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
