/** The directory as it is now: the settings of this site's release, and over them what the records say. Lookups read only memory. */
import { leadsIntoLoop } from "../../../components/directory/loops.ts";
import type { DirectoryContent, DirectoryFile } from "../../../components/directory/schema.ts";
import { viewOf } from "../../../components/directory/view.ts";
import type { DirectoryView } from "../../../components/directory/view.ts";
import { effective } from "./effective.ts";
import { namedRecord, recordId } from "./record.ts";
import type { DirectoryRecord, RecordType } from "./record.ts";
import type { Entry, Store } from "./store.ts";

/** Everything a lookup needs, made at once, so that one answer never mixes two moments. */
export interface Snapshot {
  readonly content: DirectoryContent;
  readonly view: DirectoryView;
  /** Aliases whose mail would come into a loop; checks refuse loops, but settings and records that are each sound can make one. */
  readonly looping: ReadonlySet<string>;
}

/** Not ready before its records and the settings have been read. */
export class Directory {
  readonly #store: Store;
  readonly #delimiter: string;
  readonly #entries = new Map<string, Entry>();
  #settings: DirectoryFile | undefined;
  #snapshot: Snapshot | undefined;
  #failure: Error | undefined;
  #ready = false;

  constructor(store: Store, delimiter: string) {
    this.#store = store;
    this.#delimiter = delimiter;
  }

  /** Reads all records and follows their changes from then on. `failed` is called when they can no longer be followed. */
  async open(settings: DirectoryFile, failed: (error: Error) => void): Promise<void> {
    this.#store.follow(
      (entry) => this.#apply(entry),
      (error) => {
        this.#failure = error;
        failed(error);
      },
    );
    for (const entry of await this.#store.all()) this.#apply(entry);
    this.#ready = true;
    await this.load(settings);
  }

  /** Takes the settings' domains and first values. They are live before the names are remembered on disk. */
  async load(settings: DirectoryFile): Promise<void> {
    this.#settings = settings;
    this.#snapshot = undefined;
    const named = [
      ...settings.domains.map(({ name }) => namedRecord("domain", name)),
      ...settings.mailboxes.map(({ address }) => namedRecord("mailbox", address)),
      ...settings.aliases.map(({ address }) => namedRecord("alias", address)),
    ].filter((record) => !this.#entries.has(recordId(record)));
    if (named.length === 0) return;
    await this.#store.plant(named);
    for (const entry of await this.#store.all()) this.#apply(entry);
  }

  /** Undefined while nothing true can be said: before the records are read, and after they can no longer be followed. */
  now(): Snapshot | undefined {
    if (!this.#ready || this.#failure !== undefined || this.#settings === undefined) return undefined;
    this.#snapshot ??= this.#take(this.#settings);
    return this.#snapshot;
  }

  get settings(): DirectoryFile | undefined {
    return this.#settings;
  }

  get delimiter(): string {
    return this.#delimiter;
  }

  entry(type: RecordType, name: string): Entry | undefined {
    return this.#entries.get(recordId({ type, name }));
  }

  entries(): readonly Entry[] {
    return [...this.#entries.values()].sort((a, b) => (recordId(a.record) < recordId(b.record) ? -1 : 1));
  }

  /** Writes a record over the one that is known here; it is live and on the disk when the promise resolves. */
  async write(record: DirectoryRecord): Promise<void> {
    this.#apply(await this.#store.write(record, this.#entries.get(recordId(record))?.revision));
  }

  /** What the content would be with one record changed. */
  contentWith(record: DirectoryRecord): DirectoryContent {
    const changed = new Map(this.#entries).set(recordId(record), { record, revision: "", conflicts: [] });
    return effective(this.#settings, changed);
  }

  #take(settings: DirectoryFile): Snapshot {
    const content = effective(settings, this.#entries);
    const view = viewOf(content, this.#delimiter);
    return { content, view, looping: leadsIntoLoop(view) };
  }

  #apply(entry: Entry): void {
    const id = recordId(entry.record);
    const known = this.#entries.get(id);
    // The feed can bring a revision after this process has written the next one.
    if (known !== undefined && generation(entry.revision) < generation(known.revision)) return;
    this.#entries.set(id, entry);
    this.#snapshot = undefined;
  }
}

function generation(revision: string): number {
  return Number.parseInt(revision, 10);
}
