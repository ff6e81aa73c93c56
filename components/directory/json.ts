/** The file that takes the settings' domains and first values to couchmail. */
import type { Ref, Text } from "../plan/text.ts";
import type { DirectoryContent } from "./schema.ts";

/** Stands in the JSON where a password hash goes; NUL is in no name. JSON writes it as an escape, which is what is looked for. */
const MARK = "\u0000";
const MARKED = /\\u0000([^"\\]+)\\u0000/;

/**
 * `directory.json` for couchmail: same content, same text. Hashes are references, so the whole is a secret; they go into JSON
 * strings as they are, which is safe because the alphabet of a hash needs no escape.
 *
 * @param hashOf where the hash of an account's password comes from
 */
export function directoryJson(
  content: DirectoryContent,
  hashOf: (login: string) => Ref = (address) => ({ ref: "passwordHash", address }),
): Text {
  const file = {
    domains: content.domains.map(({ name, aliasOf, catchAll }) => ({ name, aliasOf, catchAll })),
    mailboxes: content.mailboxes.map(({ address }) => ({ address, passwordHash: `${MARK}${address}${MARK}` })),
    aliases: content.aliases,
    machines: content.machines.map(({ login, senders }) => ({
      login,
      passwordHash: `${MARK}${login}${MARK}`,
      senders,
    })),
    ownDomain: content.ownDomain,
  };
  // Splitting at a pattern with one group gives texts and addresses in turn.
  return `${JSON.stringify(file, null, 2)}\n`
    .split(MARKED)
    .map((part, index): string | Ref => (index % 2 === 0 ? part : hashOf(part)));
}
