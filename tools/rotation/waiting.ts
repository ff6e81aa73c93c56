/** Keys that are known to others and not in use. */
import type { LedgerKeys } from "./ledger.ts";
import { after } from "./times.ts";

interface Waiting<T> {
  readonly of: T;
  readonly from: Date;
}

/** Of the keys that are known and not in use: one that was, and one that will be. */
export function waiting<T>(
  standby: readonly T[],
  keyOf: (one: T) => string,
  keys: LedgerKeys,
): { readonly last: Waiting<T> | undefined; readonly next: Waiting<T> | undefined } {
  const known = standby.flatMap((of) => {
    const key = keys[keyOf(of)];
    return key === undefined ? [] : [{ of, key }];
  });
  const last = known.find(({ key }) => key.usedUntil !== undefined);
  const next = known.find(({ key }) => key.usedUntil === undefined);
  return {
    last: last && { of: last.of, from: after(last.key.usedUntil ?? "", last.key.lingerSeconds) },
    next: next && { of: next.of, from: after(next.key.publishedAt, next.key.waitSeconds) },
  };
}

/** A list with one of its items taken out. */
export function without<T>(list: readonly T[], one: T): readonly T[] {
  return list.filter((other) => other !== one);
}
