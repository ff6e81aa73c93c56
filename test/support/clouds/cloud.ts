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
import { type Ledger, NO_LEDGER } from "./ledger.ts";
import type { Field, Shapes } from "./shapes.ts";

/**
 * @param asked is called before anything is made, changed or deleted, and may throw
 * @param ledger what there is beside the engine's state
 */
export function cloud(
  version: string,
  shapes: Shapes,
  asked: () => void = () => undefined,
  ledger: Ledger = NO_LEDGER,
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
      settle(() => {
        const found = differences(
          kindOf(urn),
          Object.keys(fieldsOf(urn)),
          plainProperties(olds),
          plainProperties(news),
        );
        return { ...found, deleteBeforeReplace: isDeletedFirst(found, fieldsOf(urn), plainProperties(news)) };
      }),
    create: (urn, inputs: unknown) =>
      settle(() => {
        asked();
        const number = numberOf(urn);
        const known = plainProperties(inputs);
        const { id = (of: number) => `id-${of}`, outputs, told } = kindOf(urn);
        for (const [kind, thing, trouble] of takenBy(urn, known)) ledger.add(kind, thing, trouble);
        return { id: id(number), outs: { ...given(inputs), ...told?.(known), ...outputs?.(known, number) } };
      }),
    read: (id, _urn, props: unknown) => settle(() => ({ id, props })),
    update: (_id, urn, olds: unknown, news: unknown) =>
      settle(() => {
        asked();
        return { outs: { ...given(olds), ...given(news), ...kindOf(urn).told?.(plainProperties(news)) } };
      }),
    delete: (_id, urn, props: unknown) =>
      settle(() => {
        asked();
        for (const [kind, thing] of takenBy(urn, plainProperties(props))) ledger.remove(kind, thing);
      }),
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
  const replaces = changed.filter((name) => kind.replacing?.includes(name) === true);
  const further = changed.length === 0 ? [] : (kind.replacingFor?.(olds, news) ?? []);
  return { changes: changed.length > 0, replaces: [...new Set([...replaces, ...further])] };
}

/**
 * Official plugins delete a resource before they make it anew where the program has chosen its name. Names that they would
 * choose themselves may be left out, as the SDK's types say.
 *
 * Source: `nameRequiresDeleteBeforeReplace` in pulumi-terraform-bridge.
 */
function isDeletedFirst(
  { replaces = [] }: DiffResult,
  { name }: Readonly<Record<string, Field>>,
  news: Properties,
): boolean {
  return replaces.length > 0 && name?.required === false && news["name"] !== undefined;
}

/** What nobody else may have or be while this is there: kind, thing, and what is said to who wants it too. */
function takenBy(
  urn: string,
  inputs: Properties,
): readonly (readonly [kind: string, thing: string, trouble: string])[] {
  const type = typeOf(urn);
  const name = String(inputs["name"]);
  if (type === "digitalocean:index/volumeAttachment:VolumeAttachment")
    return [[type, String(inputs["volumeId"]), "422 The volume is attached to a droplet already."]];
  return kindOf(urn).unique === true ? [[type, name, `409 There is a ${type} called ${name} already.`]] : [];
}

/** Properties as they came, marks of secrets and all. */
function given(properties: unknown): Record<string, unknown> {
  return isRecord(properties) ? properties : {};
}

function settle<Value>(make: () => Value): Promise<Value> {
  return Promise.resolve().then(make);
}
