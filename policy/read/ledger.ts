/** What the state remembers of keys: the inputs of `ledger:index:KeyLedger`, as the provider has completed them. */
import { fields, word, words } from "./values.ts";

/** Type of the resource. */
export const LEDGER = "ledger:index:KeyLedger";

/** All of it. */
export interface Ledger {
  /** When the provider looked. */
  readonly asOf: string;
  readonly keys: readonly LedgerKey[];
  /** Keys that this update takes out. */
  readonly left: readonly LedgerKey[];
  /** Lines whose next step is not to wait. */
  readonly hurried: readonly string[];
}

/** Times are ISO 8601; the empty one is none. */
export interface LedgerKey {
  readonly name: string;
  readonly line: string;
  readonly inUse: boolean;
  readonly announced: boolean;
  /** It came with its line. */
  readonly first: boolean;
  readonly waitSeconds: number;
  readonly lingerSeconds: number;
  readonly publishedAt: string;
  readonly usedSince: string;
  readonly usedUntil: string;
}

/** @param props the resource's inputs */
export function readLedger(props: unknown): Ledger {
  const { asOf, keys, left, hurried } = fields(props);
  return { asOf: word(asOf), keys: keysOf(keys), left: keysOf(left), hurried: words(hurried) };
}

function keysOf(value: unknown): LedgerKey[] {
  return Object.entries(fields(value)).map(([name, key]) => {
    const { line, inUse, announced, first, waitSeconds, lingerSeconds, publishedAt, usedSince, usedUntil } =
      fields(key);
    return {
      name,
      line: word(line),
      inUse: inUse === true,
      announced: announced !== false,
      first: first === true,
      waitSeconds: Number(word(waitSeconds)),
      lingerSeconds: Number(word(lingerSeconds)),
      publishedAt: word(publishedAt),
      usedSince: word(usedSince),
      usedUntil: word(usedUntil),
    };
  });
}
