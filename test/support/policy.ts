/** Runs one rule of a policy pack on made-up resources, without a server and without an engine. */
import type {
  PolicyResource,
  PolicyResourceOptions,
  ResourceValidationPolicy,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";
// Only this file of the SDK: loading all of it takes seconds.
import * as proxies from "@pulumi/policy/proxy.js";

export interface FakeResource {
  readonly type: string;
  readonly name: string;
  readonly props: Readonly<Record<string, unknown>>;
  /** @default false */
  readonly protect?: boolean;
  /** Resources that properties come from, each as `type::name`. @default nothing */
  readonly sources?: Readonly<Record<string, readonly string[]>>;
}

export type Rule = ResourceValidationPolicy | StackValidationPolicy;

export interface RunOptions {
  /** @default local */
  readonly stack?: string;
  /** Configuration of the rule. What is not given has the rule's own default, as with the engine. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** What the engine sends for a text that is not known in a preview. Reading one throws, as it does there. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

class NotApplicable extends Error {}

/** The messages of all violations that the rule reports on one resource. */
export function violations(rule: Rule, resource: FakeResource, options: RunOptions = {}): Promise<string[]> {
  return stackViolations(rule, [resource], options);
}

/** The messages of all violations in a stack: a rule for resources looks at each of them. */
export async function stackViolations(
  rule: Rule,
  resources: readonly FakeResource[],
  options: RunOptions = {},
): Promise<string[]> {
  const found: string[] = [];
  const report = (message: string): void => void found.push(message);
  const common = {
    stackTags: new Map<string, string>(),
    getConfig: configReader(rule, options),
    notApplicable: (reason?: string): never => {
      throw new NotApplicable(reason);
    },
  };
  if ("validateStack" in rule) {
    const all = resources.map((resource) => policyResource(resource, options));
    connect(resources, all);
    await unlessNotApplicable(() => rule.validateStack({ ...common, resources: all }, report));
    return found;
  }
  const validators = [rule.validateResource ?? []].flat();
  if (validators.length === 0) throw new Error(`The rule ${rule.name} validates nothing.`);
  for (const resource of resources) {
    for (const validate of validators) {
      await unlessNotApplicable(() =>
        validate({ ...common, ...policyResource(resource, options), asType: () => undefined }, report),
      );
    }
  }
  return found;
}

async function unlessNotApplicable(run: () => Promise<void> | void): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof NotApplicable)) throw error;
  }
}

/** The engine fills in what the schema has as default, and refuses what the schema does not name. */
function configReader({ name, configSchema }: Rule, { config = {} }: RunOptions): StackValidationArgs["getConfig"] {
  const properties = configSchema?.properties ?? {};
  const unknown = Object.keys(config).filter((key) => !(key in properties));
  if (unknown.length > 0) throw new Error(`The rule ${name} has no setting ${unknown.join(", ")}.`);
  const defaults = Object.entries(properties).map(([key, { default: value }]): [string, unknown] => [key, value]);
  const reader: unknown = () => ({ ...Object.fromEntries(defaults), ...config });
  if (!isConfigReader(reader)) throw new Error("A function is a function.");
  return reader;
}

/** The SDK lets the caller say what type a configuration has. */
function isConfigReader(value: unknown): value is StackValidationArgs["getConfig"] {
  return typeof value === "function";
}

/** What properties come from is known of rules about stacks alone, as with the engine. */
function connect(resources: readonly FakeResource[], all: readonly PolicyResource[]): void {
  const byKey = new Map(all.map((one) => [`${one.type}::${one.name}`, one]));
  for (const [index, { sources = {} }] of resources.entries()) {
    for (const [property, keys] of Object.entries(sources)) {
      const found = keys.flatMap((key) => byKey.get(key) ?? []);
      Object.assign(all[index]?.propertyDependencies ?? {}, { [property]: found });
    }
  }
}

function policyResource(resource: FakeResource, { stack = "local" }: RunOptions): PolicyResource {
  const { type, name, props, protect = false } = resource;
  return {
    type,
    name,
    props: checkingUnknowns({ ...props }),
    urn: `urn:pulumi:${stack}::mailkeep::${type}::${name}`,
    opts: { ...OPTIONS, protect },
    dependencies: [],
    propertyDependencies: {},
    isType: () => false,
    asType: () => undefined,
  };
}

const OPTIONS: PolicyResourceOptions = {
  protect: false,
  ignoreChanges: [],
  aliases: [],
  additionalSecretOutputs: [],
  customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
};

/** The SDK exports its proxy for such harnesses, but leaves it out of its types. */
function checkingUnknowns(props: Record<string, unknown>): Record<string, unknown> {
  const proxy: unknown = Reflect.get(proxies, "unknownCheckingProxy");
  if (!isProxy(proxy)) throw new Error("@pulumi/policy exports no unknownCheckingProxy; use version 1.21 or newer.");
  return proxy(props);
}

function isProxy(value: unknown): value is (props: Record<string, unknown>) => Record<string, unknown> {
  return typeof value === "function";
}
