/**
 * A LevelDB whose writes survive a power cut.
 *
 * LevelDB writes to its log without fsync unless each write asks for it, and PouchDB has no way to ask. So the option is
 * added below PouchDB, where all writes pass.
 */
import LevelDown from "leveldown";

type Done = (error?: Error | null) => void;

/** Told of each write's options just before LevelDB gets them. For tests. */
export type WriteWatcher = (options: object) => void;

class DurableLevel extends LevelDown {
  readonly #watch: WriteWatcher;

  constructor(location: string, watch: WriteWatcher) {
    super(location);
    this.#watch = watch;
  }

  override _put(key: Buffer, value: Buffer, options: object, done: Done): void {
    super._put(key, value, this.#synced(options), done);
  }

  override _del(key: Buffer, options: object, done: Done): void {
    super._del(key, this.#synced(options), done);
  }

  override _batch(operations: readonly object[], options: object, done: Done): void {
    super._batch(operations, this.#synced(options), done);
  }

  override _chainedBatch(): { _write(options: object, done: Done): void } {
    const batch = super._chainedBatch();
    const write = batch._write.bind(batch);
    batch._write = (options, done) => write(this.#synced(options), done);
    return batch;
  }

  #synced(options: object): object {
    const synced = { ...options, sync: true };
    this.#watch(synced);
    return synced;
  }
}

/** What PouchDB's adapter calls to open a database. It keeps its open databases by the name of this function. */
export function durableLevel(
  watch: WriteWatcher = () => undefined,
): ((location: string) => LevelDown) & { destroy: unknown } {
  const durable = (location: string): LevelDown => new DurableLevel(location, watch);
  return Object.assign(durable, { destroy: LevelDown.destroy.bind(LevelDown) });
}
