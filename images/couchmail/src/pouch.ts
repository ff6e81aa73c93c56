/** The store on disk: PouchDB on LevelDB. Its documents replicate with CouchDB's protocol. */
import LevelAdapter from "pouchdb-adapter-leveldb-core";
import PouchDB, { type Changes } from "pouchdb-core";
import { durableLevel } from "./durable.ts";
import type { WriteWatcher } from "./durable.ts";
import { firstRevision, recordId, recordSchema } from "./record.ts";
import type { DirectoryRecord } from "./record.ts";
import { ConflictError } from "./store.ts";
import type { Entry, Store } from "./store.ts";

/** Opens, and makes where there is none, the database in a folder. One process at a time: LevelDB locks it. */
export async function openPouch(folder: string, watch?: WriteWatcher): Promise<Store> {
  const db = new PouchDB(folder, { adapter: adapterFor(watch), auto_compaction: true, revs_limit: 50 });
  await db.info();
  return new PouchStore(db);
}

/** Documents that are read or written at once: thousands together would not fit into the small heap. */
const BATCH = 200;

let adapters = 0;

/** PouchDB knows adapters by name, for all databases of a process; each database gets its own, and so its own watcher. */
function adapterFor(watch: WriteWatcher | undefined): string {
  const level = durableLevel(watch);
  const name = `durable${++adapters}`;
  Object.defineProperty(level, "name", { value: name });
  function Adapter(this: unknown, options: object, done: unknown): void {
    LevelAdapter.call(this, { ...options, db: level }, done);
  }
  const plugin = Object.assign(Adapter, { valid: () => true, use_prefix: false });
  PouchDB.adapter(name, plugin, false);
  return name;
}

class PouchStore implements Store {
  readonly #db: PouchDB;
  #feed: Changes | undefined;

  constructor(db: PouchDB) {
    this.#db = db;
  }

  async all(): Promise<readonly Entry[]> {
    const entries: Entry[] = [];
    let after = "";
    for (;;) {
      const options = { include_docs: true, conflicts: true, startkey: `${after}\u0000`, limit: BATCH } as const;
      const { rows } = await this.#db.allDocs(options);
      for (const row of rows) if (row.doc) entries.push(...readEntry(row.doc));
      const last = rows.at(-1);
      if (last === undefined) return entries;
      after = last.id;
    }
  }

  follow(changed: (entry: Entry) => void, failed: (error: Error) => void): void {
    this.#feed = this.#db.changes({ since: "now", live: true, include_docs: true, conflicts: true });
    this.#feed.on("change", ({ doc }) => (doc === undefined ? [] : readEntry(doc)).forEach(changed));
    this.#feed.on("error", (error: unknown) => failed(error instanceof Error ? error : new Error(String(error))));
  }

  async plant(records: readonly DirectoryRecord[]): Promise<void> {
    for (let from = 0; from < records.length; from += BATCH) await this.#plantSome(records.slice(from, from + BATCH));
  }

  async #plantSome(records: readonly DirectoryRecord[]): Promise<void> {
    const known = await this.#db.allDocs({ keys: records.map(recordId) });
    const fresh = records.filter((_, index) => "error" in (known.rows[index] ?? { error: "not_found" }));
    if (fresh.length === 0) return;
    const docs = fresh.map((record) => ({ ...record, _id: recordId(record), _rev: firstRevision(record) }));
    // Without new_edits the given revision is stored as it is, as replication does it.
    const failed = await this.#db.bulkDocs(docs, { new_edits: false });
    if (failed.length > 0) {
      throw new Error(`${failed.length} first records were not stored: ${JSON.stringify(failed[0])}`);
    }
  }

  async write(record: DirectoryRecord, over: string | undefined): Promise<Entry> {
    const id = recordId(record);
    try {
      const { rev } = await this.#db.put({ ...record, _id: id, ...(over === undefined ? {} : { _rev: over }) });
      return { record, revision: rev, conflicts: [] };
    } catch (error) {
      if (error instanceof Error && "status" in error && error.status === 409) throw new ConflictError(id);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#feed?.cancel();
    await this.#db.close();
  }
}

/** A document as an entry; none for what is no record of ours, such as design documents. */
function readEntry(doc: object): readonly Entry[] {
  const fields = Object.entries(doc);
  const record = recordSchema.safeParse(Object.fromEntries(fields.filter(([key]) => !key.startsWith("_"))));
  const { _rev, _conflicts } = Object.fromEntries(fields);
  if (!record.success || typeof _rev !== "string") return [];
  return [{ record: record.data, revision: _rev, conflicts: Array.isArray(_conflicts) ? _conflicts.map(String) : [] }];
}
