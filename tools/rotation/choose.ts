/** Which keys a command means. Pure. */
import { DKIM_ALGORITHMS } from "../../components/dns/dkim.ts";
import { fail } from "../console.ts";
import type { Line } from "./step.ts";

/** What the command names. */
export interface Choice {
  readonly kind: string;
  /** A domain or a site. */
  readonly owner: string | undefined;
  /** Of a domain's DKIM keys: one kind alone. */
  readonly key: string | undefined;
}

/**
 * The lines that are meant: one, or all kinds of DKIM keys of one domain, which are changed together. Where there is one
 * owner, it need not be named.
 *
 * @throws SentenceError where there is none, or more than one owner
 */
export function choose(lines: readonly Line[], { kind, owner, key }: Choice, stack: string): readonly Line[] {
  const ofKind = lines.filter((line) => line.kind === kind);
  const known = [...new Set(ofKind.map(({ options }) => options))].join(", ");
  if (ofKind.length === 0)
    return fail(
      kind === "deploy"
        ? `The stack ${stack} has no machine that mailkeep logs in to.`
        : kind === "ssh"
          ? `The stack ${stack} has no machine that mailkeep makes: the host key of another one is its owner's.`
          : `The stack ${stack} has one site, and so no link between sites.`,
    );
  const owned = ofKind.filter((line) => owner === undefined || line.owner === undefined || line.owner === owner);
  if (owned.length === 0) return fail(`The stack ${stack} has no ${kind} key of ${owner ?? ""}; it has: ${known}.`);
  if (new Set(owned.map((line) => line.owner)).size > 1) return fail(`Say which one is meant: ${known}.`);
  const chosen = owned.filter(({ algorithm }) => key === undefined || algorithm === key);
  if (chosen.length > 0) return chosen;
  return DKIM_ALGORITHMS.some((one) => one === key)
    ? fail(`The stack ${stack} does not sign with ${key ?? ""}: set dkim.ed25519 for that.`)
    : fail(`There are no DKIM keys of the kind ${key ?? ""}; --key is one of: ${DKIM_ALGORITHMS.join(", ")}.`);
}
