/** The next step of a domain's DKIM key of one kind. Pure. */
import { DKIM_ALGORITHMS, type DkimAlgorithm, dkimName } from "../../components/dns/dkim.ts";
import { dkimKeyName, selectorsOf, signedDomains } from "../../components/plan/dkim.ts";
import type { DkimKeys } from "../../components/settings/dkim-schema.ts";
import type { Settings } from "../../components/settings/schema.ts";
import type { LedgerKeys } from "./ledger.ts";
import type { Step } from "./step.ts";
import { waiting, without } from "./waiting.ts";

/** @throws RangeError for a domain whose mail is not signed here */
export function dkimStep(settings: Settings, domain: string, algorithm: DkimAlgorithm, keys: LedgerKeys): Step {
  const found = signedDomains(settings).find(({ name }) => name === domain);
  if (found === undefined) throw new RangeError(`no domain ${domain}`);
  const { selector, standby, retired } = selectorsOf(found, algorithm);
  const keyOf = (one: string): string => dkimKeyName(domain, one);
  const { last, next } = waiting(standby, keyOf, keys);
  const same = { kind: "dkim", domain, algorithm, selector, standby, retired } as const;
  if (last !== undefined)
    return {
      what: `revoke ${last.of}`,
      done: `The record of ${last.of} says that the key was revoked, and the key is gone.`,
      from: last.from,
      because: `mail that ${last.of} has signed may be in queues until then`,
      // Of those that were revoked before nobody asks any more.
      change: { ...same, standby: without(standby, last.of), retired: [last.of] },
    };
  if (next !== undefined)
    return {
      what: `sign with ${next.of}`,
      done: `${next.of} signs, and ${selector} is published for as long as mail that it signed is under way.`,
      from: next.from,
      because: `name servers may remember until then that there is no ${next.of}`,
      change: { ...same, selector: next.of, standby: [...without(standby, next.of), selector] },
      served: { name: dkimName(next.of, domain), form: "dkim", key: keyOf(next.of) },
    };
  const made = nextSelector([selector, ...retired], usedBeside(found, algorithm));
  return {
    what: `publish ${made}`,
    done: `${made} is published and does not sign yet.`,
    from: undefined,
    because: "",
    change: { ...same, standby: [...standby, made] },
  };
}

/** A domain's names for keys of the other kind. */
function usedBeside(keys: DkimKeys, algorithm: DkimAlgorithm): readonly string[] {
  return DKIM_ALGORITHMS.filter((other) => other !== algorithm).flatMap((other) => {
    const { selector, standby, retired } = selectorsOf(keys, other);
    return [selector, ...standby, ...retired];
  });
}

/**
 * `s2` after `s1`, `autumn2` after `autumn`.
 *
 * @param taken names that it must not have besides
 */
export function nextSelector(used: readonly string[], taken: readonly string[] = []): string {
  const [first = "s1"] = used;
  const stem = first.replace(/\d+$/, "");
  const numbers = used
    .filter((one) => one.replace(/\d+$/, "") === stem)
    .map((one) => Number(one.slice(stem.length)) || 1);
  const next = `${stem}${Math.max(...numbers) + 1}`;
  return taken.includes(next) ? nextSelector([next, ...used], taken) : next;
}
