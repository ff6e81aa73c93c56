/** The ledger's keys as the engine carries them. */
import { z } from "zod";
import type { LedgerKey, LedgerKeys, WantedKey } from "./ledger.ts";

export type { LedgerKey, LedgerKeys };

const wantedSchema = z.object({
  line: z.string(),
  inUse: z.boolean(),
  announced: z.boolean(),
  waitSeconds: z.number(),
  lingerSeconds: z.number(),
});

const keySchema = wantedSchema.extend({
  publishedAt: z.iso.datetime(),
  usedSince: z.iso.datetime().exactOptional(),
  usedUntil: z.iso.datetime().exactOptional(),
  first: z.literal(true).exactOptional(),
});

/** @throws ZodError when they are something else */
export function readWanted(value: unknown): Readonly<Record<string, WantedKey>> {
  return z.record(z.string(), wantedSchema).parse(value);
}

/** @throws ZodError when they are something else */
export function readKeys(value: unknown): LedgerKeys {
  return z.record(z.string(), keySchema).parse(value);
}
