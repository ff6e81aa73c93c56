/** Where records are kept. Small, so that another database can take PouchDB's place. */
import type { DirectoryRecord } from "./record.ts";

/** A record as stored. */
export interface Entry {
  readonly record: DirectoryRecord;
  readonly revision: string;
  /** Revisions that lost to this one when sites that could not see each other changed the same record. */
  readonly conflicts: readonly string[];
}

/** A database of records. */
export interface Store {
  /** Every record. */
  all(): Promise<readonly Entry[]>;
  /** Told of each change from anywhere, after `all` was read. `failed` is called once when no more will come. */
  follow(changed: (entry: Entry) => void, failed: (error: Error) => void): void;
  /** Puts the record's first revision there, the same at every site; nothing happens where the record is known in any form. */
  plant(records: readonly DirectoryRecord[]): Promise<void>;
  /**
   * Writes a record over the revision it was made from; it is on the disk when the promise resolves.
   *
   * @throws ConflictError when another revision is there by now.
   */
  write(record: DirectoryRecord, over: string | undefined): Promise<Entry>;
  close(): Promise<void>;
}

/** Somebody was quicker. */
export class ConflictError extends Error {
  constructor(id: string) {
    super(`${id} was changed by somebody else at the same time. Read it again and repeat the change.`);
    this.name = "ConflictError";
  }
}
