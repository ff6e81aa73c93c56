/** SPF records, RFC 7208. */
import { isIPv4 } from "node:net";
import { concat, type Ref, type Text } from "../plan/text.ts";
import { MAX_STRING_OCTETS } from "./txt.ts";

/** What a domain's SPF record says: who sends, and what becomes of the rest. */
export interface Spf {
  /** Addresses or networks that send, IPv4 and IPv6, known or not yet. */
  readonly senders: readonly Text[];
  /** Names with a record of their own, whose senders count too. Each costs a DNS lookup. */
  readonly includes: readonly string[];
  /** `-all` refuses the rest, `~all` marks it (RFC 7208 section 4.6.2). */
  readonly rest: "-all" | "~all";
}

/** The text of a record. */
export interface SpfRecord {
  readonly name: string;
  readonly text: Text;
}

/** More DNS lookups than these make a record an error, RFC 7208 section 4.6.4. */
export const MAX_LOOKUPS = 10;

/** So that an answer fits into 512 octets with its question, RFC 7208 section 3.4. */
const MAX_PART_OCTETS = 450;

/** The record's text. `ip4` and `ip6` terms cost none of the ten lookups. */
export function formatSpf({ senders, includes, rest }: Spf): Text {
  const terms = senders.flatMap((sender) => [isV4(sender) ? " ip4:" : " ip6:", sender]);
  return concat("v=spf1", ...terms, ...includes.map((name) => ` include:${name}`), ` ${rest}`);
}

/**
 * The records of a domain: one where its senders fit into one string, else one that includes `_spf4` and `_spf6` names
 * below the domain, with as many of each as it takes.
 *
 * @throws RangeError when there are so many senders that receivers would look up more than ten names
 */
export function spfRecords(domain: string, { senders, includes, rest }: Spf): SpfRecord[] {
  const lookups = spfLookups(senders, includes);
  if (lookups > MAX_LOOKUPS) {
    throw new RangeError(
      `The ${senders.length} senders of ${domain} take ${lookups} DNS lookups, and ${MAX_LOOKUPS} are allowed: let fewer send.`,
    );
  }
  const parts = senderParts({ senders, includes, rest }).map(({ name, text }) => ({ name: `${name}.${domain}`, text }));
  if (parts.length === 0) return [{ name: domain, text: formatSpf({ senders, includes, rest }) }];
  const all = [...parts.map(({ name }) => name), ...includes];
  return [{ name: domain, text: formatSpf({ senders: [], includes: all, rest }) }, ...parts];
}

/** Lookups that the records cost a receiver, without those of the names that are included. */
export function spfLookups(senders: readonly Text[], includes: readonly string[]): number {
  return senderParts({ senders, includes, rest: "-all" }).length + includes.length;
}

/** The records that senders are split into; none where all of them fit into one string. */
function senderParts({ senders, includes, rest }: Spf): SpfRecord[] {
  if (longest(formatSpf({ senders, includes, rest })) <= MAX_STRING_OCTETS) return [];
  const v6 = senders.filter((sender) => !isV4(sender));
  return [...splitSenders("_spf4", senders.filter(isV4), rest), ...splitSenders("_spf6", v6, rest)];
}

/** Records of at most {@link MAX_PART_OCTETS}, named `<label>`, `<label>-2` and so on. */
function splitSenders(label: string, senders: readonly Text[], rest: Spf["rest"]): SpfRecord[] {
  const parts: Text[][] = [];
  for (const sender of senders) {
    const last = parts.at(-1);
    const longer = [...(last ?? []), sender];
    if (last === undefined || longest(formatSpf({ senders: longer, includes: [], rest })) > MAX_PART_OCTETS) {
      parts.push([sender]);
    } else {
      last.push(sender);
    }
  }
  return parts.map((part, index) => ({
    name: index === 0 ? label : `${label}-${index + 1}`,
    text: formatSpf({ senders: part, includes: [], rest }),
  }));
}

/**
 * Reads a record of the form that {@link formatSpf} writes.
 *
 * @throws SyntaxError for any other term, since a record with `a`, `mx` or `redirect` means more than its text shows.
 */
export function parseSpf(text: string): Spf & { readonly senders: readonly string[] } {
  const [version, ...terms] = text.split(" ");
  const rest = terms.pop();
  if (version !== "v=spf1") throw new SyntaxError(`"${text}" does not begin with v=spf1.`);
  if (rest !== "-all" && rest !== "~all") throw new SyntaxError(`"${text}" does not end with -all or ~all.`);
  const read = terms.map((term) => {
    const [, kind, value] = /^(ip4|ip6|include):(.+)$/.exec(term) ?? [];
    if (value === undefined) throw new SyntaxError(`"${term}" in "${text}" is neither ip4, ip6 nor include.`);
    return { kind, value };
  });
  const [includes, senders] = [true, false].map((wanted) =>
    read.filter(({ kind }) => (kind === "include") === wanted).map(({ value }) => value),
  );
  return { senders: senders ?? [], includes: includes ?? [], rest };
}

function isV4(sender: Text): boolean {
  if (typeof sender === "string") return isIPv4(sender.split("/")[0] ?? "");
  return sender.some((part) => typeof part !== "string" && part.ref === "siteAddress" && part.family === "v4");
}

/** Octets of an address as it is written, at most. */
const ADDRESS_OCTETS = { v4: "255.255.255.255".length, v6: "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff".length } as const;

/** How long a text can become. */
function longest(text: Text): number {
  const parts: readonly (string | Ref)[] = typeof text === "string" ? [text] : text;
  return parts.reduce((sum, part) => {
    if (typeof part === "string") return sum + part.length;
    if (part.ref !== "siteAddress")
      throw new RangeError(`An SPF record cannot have ${part.ref} in it: senders are addresses.`);
    return sum + ADDRESS_OCTETS[part.family];
  }, 0);
}
