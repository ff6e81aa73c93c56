/** The file beside a stack's settings that says which images its sites run, by digest. Pure. */
import { z } from "zod";

/** Relative to the checkout. It is committed, so that a change of images can be reviewed. */
export function pinsFile(stack: string): string {
  return `stacks/images.${stack}.json`;
}

/** By image, such as `registry.example.org/mailkeep/postfix:0123456789ab@sha256:…`. The tag is for people. */
export type Pins = Readonly<Record<string, string>>;

const PIN = /^[a-z0-9.:-]+(\/[a-z0-9._-]+)+(:[A-Za-z0-9._-]+)?@sha256:[0-9a-f]{64}$/;
const pinsSchema = z.record(z.string(), z.string().regex(PIN, "must be <registry>/<image>:<tag>@sha256:<64 digits>"));

/** @throws Error with a sentence when it is no such file */
export function readPins(text: string, path: string): Pins {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`${path} is not JSON. ${MEND}`);
  }
  const parsed = pinsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${path}: ${issue?.path.join(".") ?? ""} ${issue?.message ?? "is wrong"}. ${MEND}`);
}

const MEND = "Take it as it was last committed, or have `npm run images -- push <stack>` write it anew.";

/** One image a line, in order, so that a change shows which. */
export function formatPins(pins: Pins): string {
  const sorted = Object.entries(pins).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(sorted), undefined, 2)}\n`;
}
