/** A provider made of kinds: the rules of check, diff, create, read, update and delete that all stand-ins share. */
import type { CheckFailure, CheckResult, DiffResult, Provider } from "@pulumi/pulumi/provider/index.js";
import type { Kind } from "./kind.ts";
import { hasUnknown, isRecord, plainProperties, type Properties, same, secret, UNKNOWN } from "./values.ts";

/**
 * Builds the provider of a package.
 *
 * @param kinds by type token, such as `tls:index/privateKey:PrivateKey`
 * @param functions by token, such as `tls:index/getPublicKey:getPublicKey`
 * @param now the clock, for tests
 */
export function standIn(
  version: string,
  kinds: Readonly<Record<string, Kind>>,
  functions: Readonly<Record<string, (inputs: Properties) => Properties>> = {},
  now: () => Date = () => new Date(),
): Required<Pick<Provider, "version" | "check" | "diff" | "create" | "read" | "update" | "delete" | "invoke">> {
  const kindOf = (urn: string): Kind => {
    const type = typeOf(urn);
    const kind = kinds[type];
    if (kind === undefined) {
      const known = Object.keys(kinds).join(", ");
      throw new Error(`The stand-in makes no ${type}, only ${known}; install the official plugin for the others.`);
    }
    return kind;
  };
  return {
    version,
    check: (urn, _olds, news: unknown): Promise<CheckResult> => {
      return settle(() => ({ inputs: news, failures: failuresOf(kindOf(urn), plainProperties(news)) }));
    },
    diff: (_id, urn, olds, news): Promise<DiffResult> => {
      return settle(() => differences(kindOf(urn), plainProperties(olds), plainProperties(news), now()));
    },
    create: async (urn, inputs) => {
      const kind = kindOf(urn);
      const whole = withDefaults(kind, plainProperties(inputs));
      const { id, outputs } = await kind.create(whole);
      return { id, outs: stateOf(kind, id, { ...whole, ...outputs }) };
    },
    read: (id, urn, props) =>
      settle(() => {
        const kind = kindOf(urn);
        const state = plainProperties(props);
        const inputs = Object.fromEntries(Object.entries(state).filter(([name]) => name in kind.inputs));
        return {
          id,
          props: stateOf(kind, id, { ...state, ...kind.refresh?.(state, now()) }),
          inputs: sealed(kind, inputs),
        };
      }),
    update: (id, urn, olds, news) =>
      settle(() => {
        const kind = kindOf(urn);
        const state = { ...plainProperties(olds), ...withDefaults(kind, plainProperties(news)) };
        return { outs: stateOf(kind, id, { ...state, ...kind.refresh?.(state, now()) }) };
      }),
    delete: async () => {
      // Everything lives in the state alone.
    },
    invoke: (token, inputs) =>
      settle(() => {
        const answer = functions[token];
        if (answer === undefined) {
          throw new Error(`The stand-in does not answer ${token}; install the official plugin for it.`);
        }
        return { outputs: answer(plainProperties(inputs)) };
      }),
  };
}

/** The protocol wants promises: an error in `make` becomes a rejected one. */
function settle<Value>(make: () => Value): Promise<Value> {
  return Promise.resolve().then(make);
}

/** The type in a URN: the last of the chain of types from the topmost parent down. */
export function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

function failuresOf(kind: Kind, inputs: Properties): CheckFailure[] {
  const missing = kind.required
    .filter((name) => inputs[name] === undefined || inputs[name] === null)
    .map((name) => ({ property: name, reason: `${name} is missing; give it a value.` }));
  if (missing.length > 0 || kind.problems === undefined) return missing;
  const known = Object.entries(withDefaults(kind, inputs)).filter(([, value]) => !hasUnknown(value));
  const problems = kind.problems(Object.fromEntries(known));
  return Object.entries(problems).map(([property, reason]) => ({ property, reason }));
}

function differences(kind: Kind, state: Properties, news: Properties, now: Date): DiffResult {
  const wanted = withDefaults(kind, news);
  const changed = Object.keys(kind.inputs).filter((name) => {
    return hasUnknown(wanted[name]) || !same(state[name], wanted[name]);
  });
  const expired = kind.expired?.({ ...state, ...known(wanted) }, now);
  const replaces = changed.filter((name) => kind.updatable?.includes(name) !== true);
  return {
    changes: changed.length > 0 || expired !== undefined,
    replaces: expired === undefined ? replaces : [...replaces, expired],
  };
}

function known(inputs: Properties): Properties {
  return Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== UNKNOWN));
}

function withDefaults(kind: Kind, inputs: Properties): Properties {
  const given = Object.entries(inputs).filter(([name, value]) => name in kind.inputs && value !== null);
  const defaults = Object.entries(kind.inputs).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(defaults),
    ...kind.following?.(Object.fromEntries(given)),
    ...Object.fromEntries(given),
  };
}

/**
 * The state with what the official plugin looks for when it takes over: without the id among the outputs a refresh
 * takes it away, and without the version one makes a password's hash anew.
 */
function stateOf(kind: Kind, id: string, properties: Properties): Properties {
  const version = kind.stateVersion;
  const meta = version === undefined ? {} : { __meta: JSON.stringify({ schema_version: String(version) }) };
  return sealed(kind, { id, ...meta, ...properties });
}

/** Properties with their secrets marked. Absent ones are left out: the protocol knows no `undefined`. */
function sealed(kind: Kind, properties: Properties): Properties {
  const present = Object.entries(properties).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(
    present.map(([name, value]) => [name, kind.secrets.includes(name) ? secret(value) : copied(value)]),
  );
}

function copied(value: unknown): unknown {
  return isRecord(value) || Array.isArray(value) ? structuredClone(value) : value;
}
