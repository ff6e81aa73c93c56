/** Who has the last word: settings own domains and machines; of mailboxes and aliases they give the first value only. */
import { parseAddress } from "../../../components/directory/address.ts";
import type { Alias, DirectoryContent, DirectoryFile, Mailbox } from "../../../components/directory/schema.ts";
import { recordId } from "./record.ts";
import type { DirectoryRecord, RecordType } from "./record.ts";
import type { Entry } from "./store.ts";

type Entries = ReadonlyMap<string, Entry>;

/**
 * What is hosted and answered.
 *
 * A mailbox or an alias is the settings' while its record is `named`, so a changed setting changes it; once it was changed in
 * the directory it is the directory's; deleted there it stays away. One that the settings no longer name, and that the
 * directory never changed, is not there: no login, and mail to it is refused. Its mail stays, and it is back when it is
 * named again. Everything in a domain that the settings do not name waits in the same way.
 */
export function effective(settings: DirectoryFile | undefined, entries: Entries): DirectoryContent {
  const domains = settings?.domains ?? [];
  const hosted = new Set(domains.map(({ name }) => name));
  const isHosted = ({ address }: { readonly address: string }): boolean =>
    hosted.has(parseAddress(address)?.domain ?? "");
  const mailboxes = merge("mailbox", settings?.mailboxes ?? [], entries, ownMailbox);
  const aliases = merge("alias", settings?.aliases ?? [], entries, ownAlias);
  return {
    domains,
    mailboxes: mailboxes.filter(isHosted),
    aliases: aliases.filter(isHosted),
    machines: settings?.machines ?? [],
    ownDomain: settings?.ownDomain,
  };
}

function merge<Item extends { readonly address: string }>(
  type: RecordType,
  first: readonly Item[],
  entries: Entries,
  own: (record: DirectoryRecord) => Item | undefined,
): readonly Item[] {
  const kept = first.filter(({ address }) => stateOf(entries, type, address) === "named");
  const changed = [...entries.values()].map(({ record }) => own(record)).filter((item) => item !== undefined);
  return [...kept, ...changed];
}

/** A name that has no record yet is about to get one: the settings are live first. */
function stateOf(entries: Entries, type: RecordType, name: string): DirectoryRecord["state"] {
  return entries.get(recordId({ type, name }))?.record.state ?? "named";
}

function ownMailbox(record: DirectoryRecord): Mailbox | undefined {
  if (record.type !== "mailbox" || record.state !== "own") return undefined;
  return { address: record.name, passwordHash: record.passwordHash };
}

function ownAlias(record: DirectoryRecord): Alias | undefined {
  if (record.type !== "alias" || record.state !== "own") return undefined;
  if (record.discard === true) return { address: record.name, discard: true };
  return record.targets === undefined ? undefined : { address: record.name, targets: record.targets };
}
