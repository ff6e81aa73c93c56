/** The rules of a cloud's stand-in: inputs are as the SDK's types say, everything lives in the state alone. */
import type { DiffResult, Provider } from "@pulumi/pulumi/provider/index.js";
import { typeOf } from "../../../providers/stand-ins/protocol/stand-in.ts";
import {
  hasUnknown,
  isRecord,
  plainProperties,
  type Properties,
  same,
} from "../../../providers/stand-ins/protocol/values.ts";
import { wrongFields } from "./check.ts";
import { CLOUD_KINDS, type CloudKind, numberOf } from "./kinds.ts";
import type { Field, Shapes } from "./shapes.ts";

/** @param asked is called before anything is made, changed or deleted, and may throw */
export function cloud(
  version: string,
  shapes: Shapes,
  asked: () => void = () => undefined,
): Required<Pick<Provider, "version" | "check" | "diff" | "create" | "read" | "update" | "delete">> {
  const fieldsOf = (urn: string): Readonly<Record<string, Field>> => {
    const fields = shapes[typeOf(urn)];
    if (fields === undefined) throw new Error(`This cloud makes no ${typeOf(urn)}.`);
    return fields;
  };
  return {
    version,
    check: (urn, _olds, news: unknown) =>
      settle(() => ({ inputs: news, failures: wrongFields(plainProperties(news), fieldsOf(urn)) })),
    diff: (_id, urn, olds, news) =>
      settle(() => differences(kindOf(urn), Object.keys(fieldsOf(urn)), plainProperties(olds), plainProperties(news))),
    create: (urn, inputs: unknown) =>
      settle(() => {
        asked();
        const number = numberOf(urn);
        const { id = (of: number) => `id-${of}`, outputs } = kindOf(urn);
        return { id: id(number), outs: { ...given(inputs), ...outputs?.(plainProperties(inputs), number) } };
      }),
    read: (id, _urn, props: unknown) => settle(() => ({ id, props })),
    update: (_id, _urn, olds: unknown, news: unknown) =>
      settle(() => {
        asked();
        return { outs: { ...given(olds), ...given(news) } };
      }),
    delete: () => settle(asked),
  };
}

function kindOf(urn: string): CloudKind {
  return CLOUD_KINDS[typeOf(urn)] ?? {};
}

function differences(kind: CloudKind, names: readonly string[], olds: Properties, news: Properties): DiffResult {
  // Some of what a cloud tells could also have been asked of it; where it was not, any answer is right.
  const told = Object.keys(kind.outputs?.(olds, 0) ?? {}).filter((name) => news[name] === undefined);
  const changed = names
    .filter((name) => !told.includes(name))
    .filter((name) => hasUnknown(news[name]) || !same(olds[name], news[name]));
  return { changes: changed.length > 0, replaces: changed.filter((name) => kind.replacing?.includes(name) === true) };
}

/** Properties as they came, marks of secrets and all. */
function given(properties: unknown): Record<string, unknown> {
  return isRecord(properties) ? properties : {};
}

function settle<Value>(make: () => Value): Promise<Value> {
  return Promise.resolve().then(make);
}
