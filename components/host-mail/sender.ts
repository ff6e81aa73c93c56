/** Under which addresses a host sends, so that what its account may send as is what it does send as. */
import { matchesPattern } from "../directory/pattern.ts";

/** Whom a host's mail is from. */
export type HostSender =
  /** Each user of the host under its own name. */
  | { readonly kind: "users"; readonly domain: string }
  /** All of them under one address. */
  | { readonly kind: "one"; readonly address: string };

/** Users are likely to have these names. */
const PROBES = ["root", "www-data"] as const;

/**
 * How a host sends by an account with these sender patterns.
 *
 * @returns undefined where the account may send nothing for that host
 */
export function senderOf(patterns: readonly string[], host: string): HostSender | undefined {
  const covers = (pattern: string): boolean => PROBES.every((user) => matchesPattern(pattern, `${user}@${host}`));
  if (patterns.some(covers)) return { kind: "users", domain: host };
  const address = patterns.find((pattern) => !pattern.includes("*") && !pattern.startsWith("@"));
  return address === undefined ? undefined : { kind: "one", address };
}

/** The domain that such mail is from. */
export function senderDomainOf(sender: HostSender): string {
  return sender.kind === "users" ? sender.domain : sender.address.slice(sender.address.lastIndexOf("@") + 1);
}

/** A name that an account's first pattern is for: what to put where no host is named. */
export function exampleHost(patterns: readonly string[]): string | undefined {
  const [domain] = patterns.map((pattern) => pattern.slice(pattern.lastIndexOf("@") + 1));
  return domain === undefined ? undefined : domain.replace(/^\*\./, "server.");
}
