/** What must hold for a directory as a whole. The settings are checked by it before anything is changed, couchmail's file again. */
import type { Problem } from "../settings/problem.ts";
import { DEFAULT_DELIMITER, isAddress, isDomainName } from "./address.ts";
import { checkMachine, checkMailbox } from "./check-accounts.ts";
import { badAddress, badDomain, notHosted } from "./faults.ts";
import { findLoops } from "./loops.ts";
import { answerLength, isReachable, MAX_ANSWER_LENGTH } from "./resolve.ts";
import { checkRoleAddresses } from "./roles.ts";
import type { Alias, DirectoryContent, Domain } from "./schema.ts";
import { isHosted, viewOf } from "./view.ts";
import type { DirectoryView } from "./view.ts";

/**
 * All problems of a directory at once, in the order of its lists; empty when it is sound.
 *
 * Mailboxes and machines without a password hash are taken as they are: in a plan the hashes are not known.
 */
export function checkDirectory(content: DirectoryContent, delimiter = DEFAULT_DELIMITER): readonly Problem[] {
  const view = viewOf(content, delimiter);
  const loops = findLoops(view);
  return [
    ...content.domains.flatMap((domain, index) => checkDomain(view, domain, `domains[${index}]`)),
    ...content.mailboxes.flatMap((mailbox, index) => checkMailbox(view, mailbox, `mailboxes[${index}]`)),
    ...content.aliases.flatMap((alias, index) => checkAlias(view, alias, `aliases[${index}]`, loops.flat())),
    ...content.machines.flatMap((machine, index) => checkMachine(view, machine, `machines[${index}]`)),
    ...duplicates(content, view),
    ...loops.map((loop) => loopProblem(content, loop)),
    ...checkRoleAddresses(content, view),
  ];
}

function checkDomain(view: DirectoryView, { name, aliasOf, catchAll }: Domain, path: string): readonly Problem[] {
  const problems: Problem[] = [];
  if (!isDomainName(name)) problems.push(badDomain(`${path}.name`, name));
  if (aliasOf !== undefined && aliasTargetFault(view, name, aliasOf) !== undefined) {
    problems.push({
      path: `${path}.aliasOf`,
      got: `${aliasOf}, ${aliasTargetFault(view, name, aliasOf)}`,
      wanted: "another hosted domain that is no alias itself",
      fix: `name the domain that holds the mailboxes, or list ${aliasOf} under domains`,
    });
  }
  problems.push(...checkLength(catchAll ?? [], `${path}.catchAll`, "let it name an alias that has them"));
  catchAll?.forEach((target, index) => problems.push(...checkTarget(view, target, `${path}.catchAll[${index}]`, [])));
  return problems;
}

function aliasTargetFault(view: DirectoryView, name: string, aliasOf: string): string | undefined {
  if (aliasOf === name) return "the domain itself";
  const target = view.domains.get(aliasOf);
  if (target === undefined) return "which is not hosted";
  return target.aliasOf === undefined ? undefined : `an alias of ${target.aliasOf}`;
}

function checkAlias(view: DirectoryView, alias: Alias, path: string, looping: readonly string[]): readonly Problem[] {
  const problems: Problem[] = [];
  if (!isAddress(alias.address)) problems.push(badAddress(`${path}.address`, alias.address));
  else if (!isHosted(view, alias.address)) problems.push(notHosted(`${path}.address`, alias.address));
  if ("discard" in alias) return problems;
  alias.targets.forEach((target, index) =>
    problems.push(...checkTarget(view, target, `${path}.targets[${index}]`, looping)),
  );
  const fix = "split it into several aliases and let this one name those";
  problems.push(...checkLength(alias.targets, `${path}.targets`, fix));
  return problems;
}

function checkLength(targets: readonly string[], path: string, fix: string): readonly Problem[] {
  const length = answerLength(targets);
  if (length <= MAX_ANSWER_LENGTH) return [];
  return [{ path, got: `${length} characters of targets`, wanted: `at most ${MAX_ANSWER_LENGTH}`, fix }];
}

function checkTarget(
  view: DirectoryView,
  target: string,
  path: string,
  looping: readonly string[],
): readonly Problem[] {
  if (!isAddress(target)) return [badAddress(path, target)];
  if (!isHosted(view, target) || isReachable(view, target) || looping.includes(target)) return [];
  const fix = `make the mailbox or alias ${target}, or take it out of the list`;
  return [{ path, got: `${target}, which does not exist`, wanted: "an address that exists, or one elsewhere", fix }];
}

function duplicates(content: DirectoryContent, view: DirectoryView): readonly Problem[] {
  const aliases = content.aliases.map((alias, index) => ({ name: alias.address, path: `aliases[${index}].address` }));
  const accounts = [
    ...content.mailboxes.map(({ address }, index) => ({ name: address, path: `mailboxes[${index}].address` })),
    ...content.machines.map(({ login }, index) => ({ name: login, path: `machines[${index}].login` })),
  ];
  const domains = content.domains.map(({ name }, index) => ({ name, path: `domains[${index}].name` }));
  // A mailbox and an alias may share an address when the alias names the mailbox too: it forwards and keeps a copy.
  const shadowing = aliases.filter(({ name }) => view.mailboxes.has(name) && !keepsCopy(view.aliases.get(name)));
  return [...[domains, aliases, accounts].flatMap(repeated), ...shadowing].map(({ name, path }) => ({
    path,
    got: `${name} a second time`,
    wanted: "each name once",
    fix: "take one of them out; an alias at a mailbox's own address must name that mailbox among its targets",
  }));
}

/** Entries whose name was there before. */
function repeated<Entry extends { readonly name: string }>(list: readonly Entry[]): readonly Entry[] {
  const seen = new Set<string>();
  return list.filter(({ name }) => seen.has(name) || !seen.add(name));
}

function keepsCopy(alias: Alias | undefined): boolean {
  return alias !== undefined && "targets" in alias && alias.targets.includes(alias.address);
}

function loopProblem(content: DirectoryContent, loop: readonly string[]): Problem {
  const [first = ""] = loop;
  const alias = content.aliases.findIndex(({ address }) => address === first);
  const path =
    alias >= 0
      ? `aliases[${alias}].targets`
      : `domains[${content.domains.findIndex((d) => `@${d.name}` === first)}].catchAll`;
  const got = `a loop: ${[...loop, first].join(" -> ")}`;
  return {
    path,
    got,
    wanted: "aliases that end in a mailbox or elsewhere",
    fix: `take ${first} out of the targets of ${loop.at(-1) ?? first}`,
  };
}
