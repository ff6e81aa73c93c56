/** A key that the ledger does not know would be changed without anybody asking whether it is time. */
import type { StackValidationPolicy } from "@pulumi/policy";
import { LEDGER, readLedger } from "../read/ledger.ts";
import { signingsOf } from "./signing.ts";
import { forSystem } from "./system.ts";

export const requireLedgerOfKeys: StackValidationPolicy = {
  name: "require-ledger-of-keys",
  description:
    "Each DKIM key that a site signs with is in use by the ledger of keys, which knows since when it is published.",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps: "Register the key in the `ledger:index:KeyLedger` of the stack, under `dkim/<domain>/<selector>`.",
  validateStack: forSystem(({ releases, resources }, report) => {
    const used = new Set(
      resources
        .filter(({ type }) => type === LEDGER)
        .flatMap(({ props }) => readLedger(props).keys)
        .filter(({ inUse }) => inUse)
        .map(({ name }) => name),
    );
    for (const release of releases) {
      const signing = signingsOf(release).flatMap(({ lines, keys }) => lines.map(({ key }) => keys.get(key)));
      const names = signing.flatMap((key) => (key === undefined ? [] : [`dkim/${key.domain}/${key.selector}`]));
      for (const name of new Set(names)) {
        if (!used.has(name))
          report(
            `${release.project} signs with ${name}, which is not in use by the ledger of keys; register it there.`,
          );
      }
    }
  }),
};
