/** SPF records, RFC 7208, with what lies in the same stack followed. */
import { canonicalAddress } from "../read/address.ts";
import type { Records } from "./system.ts";

/** A mechanism with its qualifier, or a modifier such as `redirect`. */
export interface SpfTerm {
  readonly qualifier: "+" | "-" | "~" | "?";
  readonly mechanism: string;
  readonly value: string;
}

/** What the SPF record of a name comes to. */
export interface SpfMeaning {
  /** Addresses and networks that may send, canonical. */
  readonly senders: readonly string[];
  /** Lookups that a receiver makes, RFC 7208 section 4.6.4. */
  readonly lookups: number;
  /** Names that are included and have no record in this stack. */
  readonly elsewhere: readonly string[];
  /** What becomes of everybody else; undefined where nothing is said. */
  readonly rest: SpfTerm["qualifier"] | undefined;
}

/** The texts at a name that are SPF records, RFC 7208 section 4.5. */
export function spfTexts(records: Records, name: string): readonly string[] {
  return records.at(name, "TXT").filter((text) => /^v=spf1( |$)/i.test(text));
}

/** The terms of a record, without its version. */
export function parseSpf(text: string): readonly SpfTerm[] {
  return text
    .trim()
    .split(/\s+/)
    .slice(1)
    .map((term) => {
      const [, sign = "", mechanism = "", value = ""] = /^([-+~?]?)([^:=/]+)[:=]?(.*)$/.exec(term) ?? [];
      return { qualifier: qualifierOf(sign), mechanism: mechanism.toLowerCase(), value };
    });
}

function qualifierOf(sign: string): SpfTerm["qualifier"] {
  return sign === "-" || sign === "~" || sign === "?" ? sign : "+";
}

const LOOKS_UP: ReadonlySet<string> = new Set(["include", "a", "mx", "ptr", "exists", "redirect"]);

/** What the record of a name comes to, with all that it includes. @param seen names on the way there, so that a circle ends */
export function meaningOf(records: Records, name: string, seen: readonly string[] = []): SpfMeaning {
  const [text] = spfTexts(records, name);
  if (text === undefined || seen.includes(name)) return { senders: [], lookups: 0, elsewhere: [name], rest: undefined };
  const terms = parseSpf(text);
  const parts = terms.map((term) => termMeaning(records, name, term, seen));
  const redirect = terms.find(({ mechanism }) => mechanism === "redirect");
  return {
    senders: parts.flatMap(({ senders }) => senders),
    lookups: parts.reduce((sum, { lookups }) => sum + lookups, 0),
    elsewhere: parts.flatMap(({ elsewhere }) => elsewhere),
    rest:
      terms.find(({ mechanism }) => mechanism === "all")?.qualifier ??
      (redirect === undefined ? undefined : meaningOf(records, redirect.value, [...seen, name]).rest),
  };
}

function termMeaning(
  records: Records,
  name: string,
  { qualifier, mechanism, value }: SpfTerm,
  seen: readonly string[],
): Omit<SpfMeaning, "rest"> {
  const passes = qualifier === "+";
  const lookups = LOOKS_UP.has(mechanism) ? 1 : 0;
  const senders = (addresses: readonly string[]): Omit<SpfMeaning, "rest"> => ({
    senders: passes ? addresses.map(canonicalSender) : [],
    lookups,
    elsewhere: [],
  });
  const addressesOf = (host: string): readonly string[] => [...records.at(host, "A"), ...records.at(host, "AAAA")];
  const target = value === "" ? name : value;
  switch (mechanism) {
    case "ip4":
    case "ip6":
      return senders([value]);
    case "a":
      return senders(addressesOf(target));
    case "mx":
      return senders(records.at(target, "MX").flatMap(addressesOf));
    case "include":
    case "redirect": {
      const inner = meaningOf(records, target, [...seen, name]);
      return {
        senders: passes ? inner.senders : [],
        lookups: lookups + inner.lookups,
        elsewhere: inner.elsewhere,
      };
    }
    default:
      return { senders: [], lookups, elsewhere: [] };
  }
}

/** A single address without its prefix length, a network with it. */
function canonicalSender(text: string): string {
  const [address = "", prefix] = text.split("/");
  const single = prefix === undefined || prefix === (address.includes(":") ? "128" : "32");
  return single ? canonicalAddress(address) : `${canonicalAddress(address)}/${prefix}`;
}
