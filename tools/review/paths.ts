/** Paths of properties as providers and the engine write them. */
import { z } from "zod";

/** `workloads.mx.files["main.cf"]` as its four keys. */
export function keysOf(path: string): string[] {
  return [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|([A-Za-z_][\w-]*)/g)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? "") : z.string().parse(JSON.parse(`"${quoted}"`)),
  );
}
