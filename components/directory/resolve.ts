/** Answers of the directory: who receives an address's mail, and who may send from it. */
import { DISCARD_ADDRESS, parseAddress, splitExtension } from "./address.ts";
import { matchesPattern } from "./pattern.ts";
import type { Mailbox } from "./schema.ts";
import { isHosted, locate, mailboxAt, maySendFrom } from "./view.ts";
import type { DirectoryView } from "./view.ts";

/** Most characters of addresses in an answer: tcp_table(5) has 4096 with its code, and three for one where a character is encoded. */
export const MAX_ANSWER_LENGTH = 3500;

/** Characters of an answer with these addresses. */
export function answerLength(addresses: readonly string[]): number {
  return addresses.join(",").length;
}

/**
 * One step from an address towards who receives its mail, for Postfix's virtual(5) aliases; Postfix asks again for each answer.
 *
 * - A mailbox is answered with itself where its domain has a catch-all, or Postfix would take that.
 * - An extension goes along to targets that are hosted here, as Postfix's `propagate_unmatched_extensions` does it; others
 *   may not know extensions. Where an alias has so many targets that the answer would be too long, it goes to none.
 * - Targets that are hosted here and do not exist (any more) are left out: mail to them would be accepted and bounced later.
 *
 * @returns undefined when the address is no alias.
 */
export function aliasTargets(view: DirectoryView, address: string): readonly string[] | undefined {
  const place = locate(view, address);
  switch (place?.kind) {
    case undefined:
      return undefined;
    case "mailbox":
      return hasCatchAll(view, place.mailbox.address) ? [address.toLowerCase()] : undefined;
    case "domainAlias":
      return orAbsent([place.address].filter((target) => isReachable(view, target)));
    case "catchAll":
      return orAbsent(place.targets.filter((target) => isReachable(view, target)));
    case "alias": {
      if ("discard" in place.alias) return [DISCARD_ADDRESS];
      const live = place.alias.targets.filter((target) => isReachable(view, target));
      const extended = live.map((target) => extend(view, target, place.extension));
      // Without its extension a message arrives all the same.
      return orAbsent([...new Set(answerLength(extended) > MAX_ANSWER_LENGTH ? live : extended)]);
    }
  }
}

function orAbsent(targets: readonly string[]): readonly string[] | undefined {
  return targets.length === 0 ? undefined : targets;
}

function hasCatchAll(view: DirectoryView, address: string): boolean {
  const parsed = parseAddress(address);
  return parsed !== undefined && view.domains.get(parsed.domain)?.catchAll !== undefined;
}

function extend(view: DirectoryView, target: string, extension: string): string {
  const parsed = parseAddress(target);
  if (extension === "" || parsed === undefined || !isHosted(view, target)) return target;
  const { extension: own } = splitExtension(parsed.local, view.delimiter);
  return own === "" ? `${parsed.local}${extension}@${parsed.domain}` : target;
}

/** Whether mail to an address ends somewhere: in a mailbox, elsewhere, or thrown away as wanted. */
export function isReachable(view: DirectoryView, address: string): boolean {
  return destinations(view, address).length > 0;
}

/** Where mail to an address ends: addresses of mailboxes, addresses elsewhere, {@link DISCARD_ADDRESS}. */
export function destinations(view: DirectoryView, address: string): readonly string[] {
  const ends = new Set<string>();
  const seen = new Set<string>();
  const queue = [address.toLowerCase()];
  for (const next of queue) {
    const { end, onward } = step(view, next, seen);
    if (end !== undefined) ends.add(end);
    queue.push(...onward);
  }
  return [...ends];
}

interface Step {
  readonly end?: string | undefined;
  readonly onward: readonly string[];
}

/** One step towards the destinations. `seen` keeps loops and diamonds from being walked twice. */
function step(view: DirectoryView, address: string, seen: Set<string>): Step {
  if (!isHosted(view, address)) return { end: address, onward: [] };
  // An alias that names its own mailbox keeps a copy there.
  if (seen.has(address)) return { end: view.mailboxes.get(address)?.address, onward: [] };
  seen.add(address);
  const place = locate(view, address);
  switch (place?.kind) {
    case undefined:
      return { onward: [] };
    case "mailbox":
      return { end: place.mailbox.address, onward: [] };
    case "domainAlias":
      return { onward: [place.address] };
    case "catchAll":
      return { onward: place.targets };
    case "alias":
      seen.add(place.alias.address);
      return "discard" in place.alias ? { end: DISCARD_ADDRESS, onward: [] } : { onward: place.alias.targets };
  }
}

/**
 * The logins that may use a sender address, sorted: the mailbox of that address, mailboxes that an alias of that address names
 * directly, the same behind a domain alias, all of them with any extension; and machines by their patterns. A catch-all
 * gives nobody the right to send.
 */
export function senderLogins(view: DirectoryView, sender: string): readonly string[] {
  const machines = [...view.machines.values()].filter((machine) =>
    machine.senders.some((p) => matchesPattern(p, sender)),
  );
  return [
    ...new Set([...owners(view, sender).map((mailbox) => mailbox.address), ...machines.map((m) => m.login)]),
  ].sort();
}

function owners(view: DirectoryView, sender: string): readonly Mailbox[] {
  const place = locate(view, sender);
  if (place?.kind === "domainAlias") return owners(view, place.address);
  const own = place === undefined || place.kind === "catchAll" ? undefined : mailboxAt(view, sender);
  const named =
    place?.kind === "alias" && "targets" in place.alias
      ? place.alias.targets.map((target) => mailboxAt(view, target))
      : [];
  return [own, ...named].filter((mailbox) => mailbox !== undefined);
}

/** Whether a sender's domain is one of ours or lies below one that is, so that its mail must be signed. */
export function isSignedDomain(view: DirectoryView, sender: string): boolean {
  return maySendFrom(view, parseAddress(sender)?.domain ?? "");
}
