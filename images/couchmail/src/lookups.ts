/** The questions of Postfix, answered from one snapshot of the directory. */
import { keptDomain } from "../../../components/directory/address.ts";
import { nodeOf } from "../../../components/directory/loops.ts";
import { aliasTargets, senderLogins } from "../../../components/directory/resolve.ts";
import { mailboxAt } from "../../../components/directory/view.ts";
import type { Directory, Snapshot } from "./directory.ts";
import type { Metrics } from "./metrics.ts";
import type { Answer } from "./protocol.ts";

/** Answers one key of a table. */
export type Lookup = (key: string) => Answer;

type Question = (snapshot: Snapshot, key: string) => Answer;

const ABSENT: Answer = { kind: "absent" };
const NOT_READY: Answer = { kind: "temporary", reason: "the directory is not ready" };

function found(value: string | undefined): Answer {
  return value === undefined || value === "" ? ABSENT : { kind: "found", value };
}

/** Whether a domain is hosted. */
const domain: Question = ({ view }, key) => found(view.domains.get(keptDomain(key))?.name);

/** The mailbox behind an address. */
const mailbox: Question = ({ view }, key) => found(mailboxAt(view, key)?.address);

/** Who an address's mail goes to next. */
const alias: Question = ({ view, looping }, key) => {
  const node = nodeOf(view, key);
  if (node !== undefined && looping.has(node)) {
    return { kind: "temporary", reason: "this alias leads into a loop; GET /api/v1/problems names it" };
  }
  return found(aliasTargets(view, key)?.join(","));
};

/** Which logins may send from an address. */
const sender: Question = ({ view }, key) => found(senderLogins(view, key).join(","));

/** A lookup a port. A fault of any kind is temporary: only a directory that was read can say that something is not there. */
export function lookups(
  directory: Directory,
  metrics: Metrics,
): Readonly<Record<"domain" | "mailbox" | "alias" | "sender", Lookup>> {
  const asking =
    (table: string, question: Question): Lookup =>
    (key) => {
      const snapshot = directory.now();
      const answer: Answer = snapshot === undefined ? NOT_READY : question(snapshot, key);
      metrics.count(table, answer);
      return answer;
    };
  return {
    domain: asking("domain", domain),
    mailbox: asking("mailbox", mailbox),
    alias: asking("alias", alias),
    sender: asking("sender", sender),
  };
}
