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
  const terms = heeded(parseSpf(text));
  const parts = terms.map((term) => termMeaning(records, name, term, seen));
  return {
    senders: parts.flatMap(({ senders }) => senders),
    lookups: parts.reduce((sum, { lookups }) => sum + lookups, 0),
    elsewhere: parts.flatMap(({ elsewhere }) => elsewhere),
    rest: parts.find(({ rest }) => rest !== undefined)?.rest,
  };
}

/** Nobody reads on behind `all`, and with it no `redirect` counts (RFC 7208 sections 5.1 and 6.1), which comes last otherwise. */
function heeded(terms: readonly SpfTerm[]): readonly SpfTerm[] {
  const end = terms.findIndex(({ mechanism }) => mechanism === "all");
  const redirects = terms.filter(({ mechanism }) => mechanism === "redirect");
  const others = (end < 0 ? terms : terms.slice(0, end + 1)).filter(({ mechanism }) => mechanism !== "redirect");
  return end < 0 ? [...others, ...redirects] : others;
}

function termMeaning(
  records: Records,
  name: string,
  { qualifier, mechanism, value }: SpfTerm,
  seen: readonly string[],
): SpfMeaning {
  const passes = qualifier === "+";
  const lookups = LOOKS_UP.has(mechanism) ? 1 : 0;
  const senders = (addresses: readonly string[], unknown: readonly string[] = []): SpfMeaning => ({
    senders: passes ? addresses.map(canonicalSender) : [],
    lookups,
    elsewhere: passes ? unknown : [],
    rest: undefined,
  });
  const target = value === "" ? name : value;
  switch (mechanism) {
    case "all":
      return { ...senders([]), rest: qualifier };
    case "ip4":
    case "ip6":
      return senders([value]);
    case "a":
    case "mx": {
      const [, host = "", v4 = "", v6 = ""] = /^([^/]*)(\/\d+)?(?:\/(\/\d+))?$/.exec(value) ?? ["", value];
      const domain = host === "" ? name : host;
      const hosts = mechanism === "a" ? [domain] : records.at(domain, "MX");
      const addresses = hosts.flatMap((one) => [
        ...records.at(one, "A").map((address) => `${address}${v4}`),
        ...records.at(one, "AAAA").map((address) => `${address}${v6}`),
      ]);
      return senders(addresses, addresses.length === 0 ? [domain] : []);
    }
    case "include":
    case "redirect": {
      const inner = meaningOf(records, target, [...seen, name]);
      // What is included counts where it passes; what is led to counts as if it stood here (RFC 7208 sections 5.2 and 6.1).
      const everybody = inner.rest === "+" ? qualifier : undefined;
      return {
        senders: passes ? inner.senders : [],
        lookups: lookups + inner.lookups,
        elsewhere: inner.elsewhere,
        rest: mechanism === "redirect" ? inner.rest : everybody,
      };
    }
    // Whom they let send is known to others alone.
    case "exists":
      return senders([], [`exists:${value}`]);
    case "ptr":
      return senders([], [`ptr:${target}`]);
    default:
      return senders([]);
  }
}

/** A single address without its prefix length, a network with it. */
function canonicalSender(text: string): string {
  const [address = "", prefix] = text.split("/");
  const single = prefix === undefined || prefix === (address.includes(":") ? "128" : "32");
  return single ? canonicalAddress(address) : `${canonicalAddress(address)}/${prefix}`;
}
