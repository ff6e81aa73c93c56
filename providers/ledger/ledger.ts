/**
 * What becomes of the ledger in an update. Pure.
 *
 * The engine alone knows what was there before an update, and shows it to a provider's check and to nobody else. So the
 * check writes into the resource's inputs what has become of each key until then; policies see these inputs before anything
 * is changed.
 */

/** A key as the plan wants it. */
export interface WantedKey {
  /** What the key is for; keys of one line follow one another. */
  readonly line: string;
  readonly inUse: boolean;
  /** Whether others must have been told of it before it is used. */
  readonly announced: boolean;
  /** For how long after its publication others may not know of it. */
  readonly waitSeconds: number;
  /** For how long after its last use others still need it. */
  readonly lingerSeconds: number;
}

/** A key of the ledger. Times are those of the updates that made it so, ISO 8601. */
export interface LedgerKey extends WantedKey {
  readonly publishedAt: string;
  /** Absent for one that never was in use. */
  readonly usedSince?: string;
  /** When its use ended; absent while it is in use. */
  readonly usedUntil?: string;
  /** It came with its line: nobody knew another before it. */
  readonly first?: true;
}

/** Keys by their names. */
export type LedgerKeys = Readonly<Record<string, LedgerKey>>;

/** The ledger as an update leaves it. */
export interface Ledger {
  readonly keys: LedgerKeys;
  /** Keys that are taken out in this update. */
  readonly left: LedgerKeys;
}

/** @param before the keys as the last update left them; undefined where there was none. */
export function advance(
  before: LedgerKeys | undefined,
  wanted: Readonly<Record<string, WantedKey>>,
  now: string,
): Ledger {
  const known = before ?? {};
  const lines = new Set(Object.values(known).map(({ line }) => line));
  const keys = Object.entries(wanted).map(([name, key]): [string, LedgerKey] => [
    name,
    aged(known[name] ?? fresh(key, !lines.has(key.line), now), key, now),
  ]);
  return {
    keys: Object.fromEntries(keys),
    left: Object.fromEntries(Object.entries(known).filter(([name]) => !(name in wanted))),
  };
}

function fresh(key: WantedKey, first: boolean, now: string): LedgerKey {
  return { ...key, inUse: false, publishedAt: now, ...(first ? { first } : {}) };
}

function aged(before: LedgerKey, key: WantedKey, now: string): LedgerKey {
  const { usedSince, usedUntil, ...rest } = before;
  const known = { ...rest, ...key };
  if (key.inUse) return { ...known, usedSince: before.inUse && usedSince !== undefined ? usedSince : now };
  const end = before.inUse ? now : usedUntil;
  return {
    ...known,
    ...(usedSince === undefined ? {} : { usedSince }),
    ...(end === undefined ? {} : { usedUntil: end }),
  };
}
