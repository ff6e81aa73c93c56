/** The directory's first content, couchmail's `directory.json`: domains, mailboxes and aliases. */
import { fileOf, type Release } from "../read/release.ts";
import { fields, list, word, words } from "../read/values.ts";

/** What the rules ask of it. A domain without `aliasOf` has it empty. */
export interface Directory {
  readonly domains: readonly {
    readonly name: string;
    readonly aliasOf: string;
    readonly catchAll: readonly string[];
  }[];
  readonly mailboxes: ReadonlySet<string>;
  readonly aliases: ReadonlyMap<string, { readonly targets: readonly string[]; readonly discard: boolean }>;
}

/** The directory of a release; undefined where it has none. */
export function directoryOf(release: Release): Directory | undefined {
  const text = release.workloads.map((workload) => fileOf(workload, "directory.json")).find((one) => one !== undefined);
  if (text === undefined) return undefined;
  const content: unknown = JSON.parse(text);
  const { domains, mailboxes, aliases } = fields(content);
  return {
    domains: list(domains)
      .map(fields)
      .map((one) => ({
        name: word(one["name"]).toLowerCase(),
        aliasOf: word(one["aliasOf"]).toLowerCase(),
        catchAll: words(one["catchAll"]),
      })),
    mailboxes: new Set(list(mailboxes).map((one) => word(fields(one)["address"]).toLowerCase())),
    aliases: new Map(
      list(aliases)
        .map(fields)
        .map((one) => [
          word(one["address"]).toLowerCase(),
          { targets: words(one["targets"]), discard: one["discard"] === true },
        ]),
    ),
  };
}

/** Mailboxes here and addresses elsewhere that mail to an address ends at. */
export function reached(directory: Directory, address: string, seen: readonly string[] = []): readonly string[] {
  const asked = address.toLowerCase();
  if (seen.includes(asked)) return [];
  const at = asked.lastIndexOf("@");
  const domain = directory.domains.find(({ name }) => name === asked.slice(at + 1));
  if (domain === undefined) return [asked];
  const further = (targets: readonly string[]): readonly string[] =>
    targets.flatMap((target) => reached(directory, target, [...seen, asked]));
  const alias = directory.aliases.get(asked);
  if (alias !== undefined) return alias.discard ? [] : further(alias.targets);
  if (directory.mailboxes.has(asked)) return [asked];
  if (domain.aliasOf !== "") return further([`${asked.slice(0, at)}@${domain.aliasOf}`]);
  return further(domain.catchAll);
}
