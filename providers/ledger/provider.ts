/** The provider's answers to the engine. Everything lives in the state; nothing is done anywhere else. */
import type { Provider } from "@pulumi/pulumi/provider/index.js";
import { plainProperties, same } from "../stand-ins/protocol/values.ts";
import { advance } from "./ledger.ts";
import { readKeys, readWanted } from "./read.ts";

const VERSION = "0.1.0";

type Answers = "version" | "check" | "diff" | "create" | "update" | "delete";

/** @param now the clock, for tests. */
export function ledgerProvider(now: () => Date = () => new Date()): Required<Pick<Provider, Answers>> {
  return {
    version: VERSION,
    check: (_urn, olds: unknown, news: unknown) => {
      const asOf = now().toISOString();
      const before = plainProperties(olds)["keys"];
      const inputs = plainProperties(news);
      const ledger = advance(before === undefined ? undefined : readKeys(before), readWanted(inputs["keys"]), asOf);
      return Promise.resolve({ inputs: { ...inputs, ...ledger, asOf } });
    },
    // When it was looked at, who left then and who was in a hurry are for the policies of that update alone.
    diff: (_id, _urn, olds: unknown, news: unknown) =>
      Promise.resolve({ changes: !same(plainProperties(olds)["keys"], plainProperties(news)["keys"]) }),
    create: (_urn, inputs: unknown) =>
      Promise.resolve({ id: "ledger", outs: { keys: plainProperties(inputs)["keys"] } }),
    update: (_id, _urn, _olds, news: unknown) => Promise.resolve({ outs: { keys: plainProperties(news)["keys"] } }),
    delete: () => Promise.resolve(),
  };
}
