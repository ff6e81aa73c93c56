/** CAA records, RFC 8659. */
import type { CaaProperty } from "../plan/types.ts";
import { parseStrings, quote } from "./txt.ts";

const MAX_OCTET = 255;

/** RDATA in master-file form, RFC 8659 section 4.1.1. */
export function formatCaa({ flags, tag, value }: CaaProperty): string {
  return `${flags} ${tag} ${quote(Buffer.from(value, "utf8"))}`;
}

/** Reads what {@link formatCaa} writes. @throws SyntaxError for anything else */
export function parseCaa(text: string): CaaProperty {
  const [, flags, tag, quoted] = /^(\d+) ([a-z\d]+) (".*")$/i.exec(text) ?? [];
  if (tag === undefined || quoted === undefined || Number(flags) > MAX_OCTET) {
    throw new SyntaxError(`"${text}" is not a CAA record: flags from 0 to 255, a tag, then a value in quotes.`);
  }
  const [value, ...more] = parseStrings(quoted);
  if (value === undefined || more.length > 0) throw new SyntaxError(`"${text}" has more than one value.`);
  return { flags: Number(flags), tag, value: value.toString("utf8") };
}

/** Who may issue, as the value of an `issue` property. */
export interface Issuer {
  /** Name by which the authority calls itself. */
  readonly domain: string;
  /** Ways in which it may have names proved, such as `dns-01`; RFC 8657 section 4. */
  readonly methods: readonly string[];
  /** The only account that may ask; RFC 8657 section 3. */
  readonly account: string | undefined;
}

/** The value of an `issue` property, RFC 8659 section 4.2. */
export function formatIssuer({ domain, methods, account }: Issuer): string {
  return [
    domain,
    ...(methods.length === 0 ? [] : [`validationmethods=${methods.join(",")}`]),
    ...(account === undefined ? [] : [`accounturi=${account}`]),
  ].join("; ");
}

/** Reads what {@link formatIssuer} writes. @throws SyntaxError for any other parameter */
export function parseIssuer(value: string): Issuer {
  const [, domain, methods, account] =
    /^([a-z\d.-]+)(?:; validationmethods=([a-z\d,-]+))?(?:; accounturi=([!-:<-~]+))?$/i.exec(value) ?? [];
  if (domain === undefined) throw new SyntaxError(`"${value}" is not an issuer with methods and account.`);
  return { domain, methods: methods?.split(",") ?? [], account };
}

/** The value that nobody is: an issuer without a name, RFC 8659 section 4.2. */
const NOBODY = ";";

/** One issuer for the names themselves; nobody for wildcards, and nobody for mail addresses (RFC 9495). */
export function caaProperties(issuer: Issuer | "nobody"): CaaProperty[] {
  return [
    { flags: 0, tag: "issue", value: issuer === "nobody" ? NOBODY : formatIssuer(issuer) },
    { flags: 0, tag: "issuewild", value: NOBODY },
    { flags: 0, tag: "issuemail", value: NOBODY },
  ];
}
