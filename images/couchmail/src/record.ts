/** What the database holds. */
import { createHash } from "node:crypto";
import * as z from "zod";
import { domainName, mailAddress, mailboxAddress, passwordHash } from "../../../components/directory/schema.ts";

/**
 * Who says what a mailbox or an alias is:
 * - `named`: the settings, at this site's release; the record only remembers the name.
 * - `own`: this record; the settings have no say any more.
 * - `deleted`: nobody; it stays deleted while the settings go on naming it.
 *
 * A `named` record holds no value of the settings. So it is the same at every site, whichever settings came there first and in
 * whichever order, and replication finds one revision instead of a conflict.
 */
const state = z.enum(["named", "own", "deleted"]);

/** A record, of whichever type. */
export const recordSchema = z.discriminatedUnion("type", [
  /** `named` by the settings, or `pending`: asked for here, hosted once the settings name it. */
  z.strictObject({ type: z.literal("domain"), name: domainName, state: z.enum(["named", "pending", "deleted"]) }),
  z.strictObject({ type: z.literal("mailbox"), name: mailboxAddress, state, passwordHash: passwordHash.optional() }),
  z.strictObject({
    type: z.literal("alias"),
    name: mailAddress,
    state,
    targets: z.array(mailAddress).optional(),
    discard: z.literal(true).optional(),
  }),
]);

/** One thing the directory knows of. `name` is its domain name or address. */
export type DirectoryRecord = z.infer<typeof recordSchema>;

/** What a record is about. */
export type RecordType = DirectoryRecord["type"];

/** The document's name: the same at every site. */
export function recordId({ type, name }: Pick<DirectoryRecord, "type" | "name">): string {
  return `${type}/${name}`;
}

/** The record that remembers a name of the settings. */
export function namedRecord(type: RecordType, name: string): DirectoryRecord {
  return { type, name, state: "named" };
}

/** The first revision of a record, made from its content alone: 1 and half a SHA-256, as CouchDB's own are as long. */
export function firstRevision(record: DirectoryRecord): string {
  const text = JSON.stringify(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `1-${createHash("sha256").update(text).digest("hex").slice(0, 32)}`;
}
