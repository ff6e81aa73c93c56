/** Shapes of the libraries that bring no types: only what is used here. */

declare module "leveldown" {
  type Done = (error?: Error | null) => void;
  /** Writes as they reach LevelDB. The underscored methods are abstract-leveldown's, made to be overridden. */
  class LevelDown {
    constructor(location: string);
    _put(key: Buffer, value: Buffer, options: object, done: Done): void;
    _del(key: Buffer, options: object, done: Done): void;
    _batch(operations: readonly object[], options: object, done: Done): void;
    _chainedBatch(): { _write(options: object, done: Done): void };
    static destroy(location: string, done: Done): void;
  }
  export = LevelDown;
}

declare module "pouchdb-adapter-leveldb-core" {
  /** The adapter's constructor; called with PouchDB's options and `db`, a function that opens a LevelDB. */
  interface LevelAdapter {
    call(self: unknown, options: object, done: unknown): void;
  }
  const adapter: LevelAdapter;
  export default adapter;
}

declare namespace PouchDB {
  interface Static {
    /** Makes an adapter known by a name. Left out of the published types. */
    adapter(name: string, adapter: object, preferred: boolean): void;
  }
}
