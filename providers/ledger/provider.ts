/**
 * The provider's answers to the engine. Everything lives in the state; nothing is done anywhere else: keys over time, and zones
 * that people keep by hand.
 */
import type { Provider } from "@pulumi/pulumi/provider/index.js";
import { plainProperties, same } from "../stand-ins/protocol/values.ts";
import { advance } from "./ledger.ts";
import { readKeys, readWanted } from "./read.ts";

const VERSION = "0.1.0";

type Answers = "check" | "diff" | "create" | "update" | "delete";
type ResourceAnswers = Required<Pick<Provider, Answers>>;

/** @param now the clock, for tests. */
export function ledgerProvider(now: () => Date = () => new Date()): ResourceAnswers & { readonly version: string } {
  const keys = keyLedger(now);
  const of = (urn: string): ResourceAnswers => (urn.includes("::ledger:index:ZoneByHand::") ? ZONE : keys);
  return {
    version: VERSION,
    check: (urn, ...rest) => of(urn).check(urn, ...rest),
    diff: (id, urn, ...rest) => of(urn).diff(id, urn, ...rest),
    create: (urn, ...rest) => of(urn).create(urn, ...rest),
    update: (id, urn, ...rest) => of(urn).update(id, urn, ...rest),
    delete: (id, urn, ...rest) => of(urn).delete(id, urn, ...rest),
  };
}

/** A zone is what its inputs say. */
const ZONE: ResourceAnswers = {
  check: (_urn, _olds, news: unknown) => Promise.resolve({ inputs: plainProperties(news) }),
  diff: (_id, _urn, olds: unknown, news: unknown) =>
    Promise.resolve({ changes: !same(plainProperties(olds), plainProperties(news)) }),
  create: (_urn, inputs: unknown) => {
    const outs = plainProperties(inputs);
    return Promise.resolve({ id: String(outs["zone"]), outs });
  },
  update: (_id, _urn, _olds, news: unknown) => Promise.resolve({ outs: plainProperties(news) }),
  delete: () => Promise.resolve(),
};

function keyLedger(now: () => Date): ResourceAnswers {
  return {
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
