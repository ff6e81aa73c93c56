/** What must hold for each mailbox and each machine account. */
import type { Problem } from "../settings/problem.ts";
import { isMailboxAddress, parseAddress } from "./address.ts";
import { notHosted } from "./faults.ts";
import { isSenderPattern, patternDomain } from "./pattern.ts";
import { isPasswordHash } from "./scheme.ts";
import type { Machine, Mailbox } from "./schema.ts";
import { isHosted, maySendFrom } from "./view.ts";
import type { DirectoryView } from "./view.ts";

/** @param path where the mailbox stands in the settings, such as `mailboxes[0]` */
export function checkMailbox(
  view: DirectoryView,
  { address, passwordHash }: Mailbox,
  path: string,
): readonly Problem[] {
  const problems = checkAccount(view, address, `${path}.address`, passwordHash, `${path}.passwordHash`);
  const domain = view.domains.get(parseAddress(address)?.domain ?? "");
  if (domain?.aliasOf === undefined) return problems;
  const fix = `give the mailbox an address in ${domain.aliasOf}: mail to ${address} reaches it there`;
  return [
    ...problems,
    { path: `${path}.address`, got: `${address} in an alias domain`, wanted: "an address in a domain of its own", fix },
  ];
}

/** @param path where the account stands in the settings, such as `machines[0]` */
export function checkMachine(
  view: DirectoryView,
  { login, senders, passwordHash }: Machine,
  path: string,
): readonly Problem[] {
  const problems = checkAccount(view, login, `${path}.login`, passwordHash, `${path}.passwordHash`);
  senders.forEach((pattern, index) => {
    if (isSenderPattern(pattern) && maySendFrom(view, patternDomain(pattern) ?? "")) return;
    const fix = isSenderPattern(pattern)
      ? `list the domain under domains, or name one that is`
      : "write it as *@host.home.test or *@*.home.test";
    problems.push({
      path: `${path}.senders[${index}]`,
      got: pattern,
      wanted: "addresses in or below a hosted domain, or that of the sites' own names",
      fix,
    });
  });
  return problems;
}

function checkAccount(
  view: DirectoryView,
  address: string,
  path: string,
  hash: string | undefined,
  hashPath: string,
): Problem[] {
  const problems: Problem[] = [];
  if (!isMailboxAddress(address, view.delimiter)) {
    const fix = `use letters, digits, dot, hyphen and underscore; ${view.delimiter} begins an address extension`;
    problems.push({ path, got: address, wanted: "an address such as ann@home.test", fix });
  } else if (!isHosted(view, address)) problems.push(notHosted(path, address));
  if (hash !== undefined && !isPasswordHash(hash)) {
    // What was written may be a password, so it is not shown.
    const got = "something that is no hash of a known scheme";
    problems.push({
      path: hashPath,
      got,
      wanted: "SHA512-CRYPT ($6$…) or ARGON2ID ($argon2id$…)",
      fix: "make one with: openssl passwd -6",
    });
  }
  return problems;
}
