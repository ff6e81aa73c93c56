/** A key that others have not learned of yet cannot be used, and one that they still need cannot go. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { LEDGER, type Ledger, type LedgerKey, readLedger } from "../read/ledger.ts";
import { timeAfter } from "../read/time.ts";

export const requireRotationOrder: ResourceValidationPolicy = {
  name: "require-rotation-order",
  description:
    "A key is used only after an earlier update published it and caches have forgotten what was there before, and it goes only when nothing that it was used for is under way.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps:
    "Change keys by `npm run mailkeep -- rotate`, which takes one step at a time. A key that is no longer secret can go at once with `--now`.",
  validateResource: (args, report) => {
    if (args.type !== LEDGER) return args.notApplicable("It is not the ledger of keys.");
    const ledger = readLedger(args.props);
    const problems = [
      ...ledger.keys.map((key) => ({ key, problem: early(key, ledger) })),
      ...ledger.left.map((key) => ({ key, problem: missed(key, ledger) })),
    ];
    for (const { key, problem } of problems) {
      if (problem !== undefined && !ledger.hurried.includes(key.line)) report(problem);
    }
  },
};

/** Why it is too early to use a key; undefined where it is not. */
function early(key: LedgerKey, { asOf }: Ledger): string | undefined {
  const begins = key.inUse && key.usedSince === asOf;
  if (!begins || key.first || !key.announced) return undefined;
  if (key.publishedAt === asOf)
    return `${key.name} would be used by the update that publishes it, when others do not know it yet; publish it first, and use it in a later step.`;
  const from = timeAfter(key.publishedAt, key.waitSeconds);
  return asOf < from
    ? `${key.name} has been published since ${key.publishedAt}, and others may not know it before ${from}; use it then.`
    : undefined;
}

/** Why it is too early to take a key out; undefined where it is not. */
function missed(key: LedgerKey, { asOf, keys }: Ledger): string | undefined {
  const isOver = !keys.some(({ line }) => line === key.line);
  if (isOver || !key.announced || key.usedSince === "") return undefined;
  if (key.usedUntil === "")
    return `${key.name} was in use until now and would be gone at once; keep it published, and take it out in a later step.`;
  const from = timeAfter(key.usedUntil, key.lingerSeconds);
  return asOf < from
    ? `${key.name} was in use until ${key.usedUntil}, and what it was used for may be under way until ${from}; take it out then.`
    : undefined;
}
