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

declare module "pouchdb-core" {
  /** A stored document, with PouchDB's own fields beside the record's. */
  interface Row {
    readonly id: string;
    readonly doc?: object;
    /** Set where a key that was asked for is not there. */
    readonly error?: string;
  }
  export interface Changes {
    on(event: "change", take: (change: { readonly doc?: object }) => void): Changes;
    on(event: "error", take: (error: unknown) => void): Changes;
    cancel(): void;
  }
  // The published types declare a Buffer of their own, which clashes with Node's.
  class PouchDB {
    constructor(name: string, options: { adapter: string; auto_compaction: boolean; revs_limit: number });
    /** Makes an adapter known by a name. */
    static adapter(name: string, adapter: object, preferred: boolean): void;
    info(): Promise<object>;
    allDocs(options: object): Promise<{ readonly rows: readonly Row[] }>;
    bulkDocs(docs: readonly object[], options: { new_edits: boolean }): Promise<readonly object[]>;
    put(doc: object): Promise<{ readonly rev: string }>;
    changes(options: object): Changes;
    close(): Promise<void>;
  }
  export default PouchDB;
}
