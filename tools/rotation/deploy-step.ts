/** The next step of the key that mailkeep logs in to machines with. Pure. */
import { deployKey } from "../../components/plan/machine.ts";
import type { Settings } from "../../components/settings/schema.ts";
import type { LedgerKeys } from "./ledger.ts";
import type { Step } from "./step.ts";
import { waiting, without } from "./waiting.ts";

/** Let the next one in, log in with it, let the last one in no more. */
export function deployStep({ rotation, sites }: Settings, keys: LedgerKeys): Step {
  const { uses, letIn } = rotation.deploy;
  const { last, next } = waiting(letIn, deployKey, keys);
  const owned = sites.filter(({ platform }) => platform === "host").map(({ name }) => name);
  const here = owned.length === 0 ? "" : ` On ${owned.join(", ")} that is for the owner of the machine to do.`;
  const same = { kind: "deploy", uses, letIn } as const;
  if (last !== undefined)
    return {
      what: `let ${deployKey(last.of)} in no more`,
      done: `The machines let ${deployKey(uses)} in alone.${here}`,
      from: last.from,
      because: "mailkeep logs in with it until then",
      change: { ...same, letIn: without(letIn, last.of) },
    };
  if (next !== undefined)
    return {
      what: `log in with ${deployKey(next.of)}`,
      done: `mailkeep logs in with ${deployKey(next.of)}, and the machines let ${deployKey(uses)} in as well.`,
      from: next.from,
      because: "not every machine lets it in until then",
      change: { ...same, uses: next.of, letIn: [...without(letIn, next.of), uses] },
    };
  const made = Math.max(uses, ...letIn) + 1;
  return {
    what: `let ${deployKey(made)} in as well`,
    done: `The machines let ${deployKey(made)} in, which nobody logs in with yet.${here}`,
    from: undefined,
    because: "",
    change: { ...same, letIn: [...letIn, made] },
    ...(owned.length > 0 && { toLetIn: deployKey(made) }),
  };
}
