/** The resource of our own provider `ledger`: since when each key has been published, in use, and out of use. */
import * as pulumi from "@pulumi/pulumi";
import type { KeyUse } from "../plan/types.ts";

/** What the ledger keeps the times of. */
export interface KeyLedgerArgs {
  /** Keys that are changed in steps, and where each of them is now. */
  readonly uses: readonly KeyUse[];
  /** Lines whose next step does not wait, because a key is no longer secret. */
  readonly hurried: readonly string[];
}

/**
 * What becomes of keys over time. It comes before everything that a key is in: a policy that refuses its inputs refuses
 * the change before a record or a site has been touched.
 */
export class KeyLedger extends pulumi.CustomResource {
  constructor(name: string, { uses, hurried }: KeyLedgerArgs, opts?: pulumi.CustomResourceOptions) {
    const keys = Object.fromEntries(uses.map(({ name: key, ...use }) => [key, use]));
    super("ledger:index:KeyLedger", name, { keys, hurried: [...hurried] }, opts);
  }
}
