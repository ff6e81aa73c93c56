/** A directory laid out for lookups. Made anew from its content when that changes; never changed in place. */
import { DEFAULT_DELIMITER, parseAddress, splitExtension } from "./address.ts";
import type { Alias, DirectoryContent, Domain, Machine, Mailbox } from "./schema.ts";

/** Each map is by domain, address or login. */
export interface DirectoryView {
  readonly domains: ReadonlyMap<string, Domain>;
  readonly mailboxes: ReadonlyMap<string, Mailbox>;
  readonly aliases: ReadonlyMap<string, Alias>;
  readonly machines: ReadonlyMap<string, Machine>;
  /** Domain of the sites' own names, from which machines may send. */
  readonly ownDomain: string | undefined;
  /** Characters that begin an address extension. */
  readonly delimiter: string;
}

/** Only hosted domains may be in `content.domains`: what is not there is taken to be elsewhere. */
export function viewOf(content: DirectoryContent, delimiter = DEFAULT_DELIMITER): DirectoryView {
  return {
    domains: new Map(content.domains.map((domain) => [domain.name, domain])),
    mailboxes: new Map(content.mailboxes.map((mailbox) => [mailbox.address, mailbox])),
    aliases: new Map(content.aliases.map((alias) => [alias.address, alias])),
    machines: new Map(content.machines.map((machine) => [machine.login, machine])),
    ownDomain: content.ownDomain,
    delimiter,
  };
}

/** What a hosted address is. */
export type Place =
  | { readonly kind: "mailbox"; readonly mailbox: Mailbox; readonly extension: string }
  | { readonly kind: "alias"; readonly alias: Alias; readonly extension: string }
  /** The same local part, extension included, in the domain that this one is an alias of. */
  | { readonly kind: "domainAlias"; readonly address: string }
  | { readonly kind: "catchAll"; readonly domain: Domain; readonly targets: readonly string[] };

/**
 * What an address is: the whole local part first, then without its extension, then through a domain alias whose target exists,
 * then the catch-all. An alias goes before a mailbox of the same address, which is how a mailbox forwards a copy.
 *
 * Postfix asks a tcp_table(5) once for the whole address and breaks nothing up, unlike other tables, so all of it is decided here.
 *
 * @returns undefined when the domain is not hosted here, or is and has no such address.
 */
export function locate(view: DirectoryView, address: string): Place | undefined {
  const parsed = parseAddress(address);
  const domain = parsed === undefined ? undefined : view.domains.get(parsed.domain);
  if (parsed === undefined || domain === undefined) return undefined;
  const { base, extension } = splitExtension(parsed.local, view.delimiter);
  const whole = at(view, `${parsed.local}@${parsed.domain}`, "");
  const found = whole ?? (extension === "" ? undefined : at(view, `${base}@${parsed.domain}`, extension));
  if (found !== undefined) return found;
  // An alias of an alias domain is refused by checkDirectory; not following it here keeps this free of loops whatever comes.
  const target = domain.aliasOf === undefined ? undefined : view.domains.get(domain.aliasOf);
  if (target !== undefined && target.aliasOf === undefined) {
    const there = `${parsed.local}@${target.name}`;
    if (locate(view, there) !== undefined) return { kind: "domainAlias", address: there };
  }
  return domain.catchAll === undefined ? undefined : { kind: "catchAll", domain, targets: domain.catchAll };
}

function at(view: DirectoryView, address: string, extension: string): Place | undefined {
  const alias = view.aliases.get(address);
  if (alias !== undefined) return { kind: "alias", alias, extension };
  const mailbox = view.mailboxes.get(address);
  return mailbox === undefined ? undefined : { kind: "mailbox", mailbox, extension };
}

/** Whether a domain is, or lies below, one that mail may be sent from: a hosted one, or that of the sites' own names. */
export function maySendFrom(view: DirectoryView, domain: string): boolean {
  const labels = domain.split(".");
  return labels.some((_, from) => {
    const name = labels.slice(from).join(".");
    return view.domains.has(name) || view.ownDomain === name;
  });
}

/** Whether an address lies in a hosted domain, whether it exists or not. */
export function isHosted(view: DirectoryView, address: string): boolean {
  const parsed = parseAddress(address);
  return parsed !== undefined && view.domains.has(parsed.domain);
}

/** The mailbox of an address: its own, that of its base, or that of the same local part behind a domain alias. */
export function mailboxAt(view: DirectoryView, address: string): Mailbox | undefined {
  const parsed = parseAddress(address);
  const domain = parsed === undefined ? undefined : view.domains.get(parsed.domain);
  if (parsed === undefined || domain === undefined) return undefined;
  const { base } = splitExtension(parsed.local, view.delimiter);
  const here = view.mailboxes.get(`${parsed.local}@${domain.name}`) ?? view.mailboxes.get(`${base}@${domain.name}`);
  if (here !== undefined) return here;
  const place = locate(view, address);
  return place?.kind === "domainAlias" ? mailboxAt(view, place.address) : undefined;
}
