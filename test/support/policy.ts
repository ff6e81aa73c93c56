/** Runs one rule of a policy pack on one made-up resource, without a server and without an engine. */
import * as policy from "@pulumi/policy";
import type { ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";

export interface FakeResource {
  readonly type: string;
  readonly name: string;
  readonly props: Readonly<Record<string, unknown>>;
}

/** What the engine sends for a text that is not known in a preview. Reading one throws, as it does there. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

class NotApplicable extends Error {}

/** The messages of all violations that the rule reports. */
export async function violations(rule: ResourceValidationPolicy, resource: FakeResource): Promise<string[]> {
  const found: string[] = [];
  const validators = [rule.validateResource ?? []].flat();
  if (validators.length === 0) throw new Error(`The rule ${rule.name} validates nothing.`);
  for (const validate of validators) {
    try {
      await validate(argumentsFor(resource), (message) => found.push(message));
    } catch (error) {
      if (!(error instanceof NotApplicable)) throw error;
    }
  }
  return found;
}

/** The SDK exports its proxy for such harnesses, but leaves it out of its types. */
function checkingUnknowns(props: Record<string, unknown>): Record<string, unknown> {
  const proxy: unknown = Reflect.get(policy, "unknownCheckingProxy");
  if (!isProxy(proxy)) throw new Error("@pulumi/policy exports no unknownCheckingProxy; use version 1.21 or newer.");
  return proxy(props);
}

function isProxy(value: unknown): value is (props: Record<string, unknown>) => Record<string, unknown> {
  return typeof value === "function";
}

function argumentsFor({ type, name, props }: FakeResource): ResourceValidationArgs {
  return {
    type,
    name,
    props: checkingUnknowns({ ...props }),
    urn: `urn:pulumi:test::mailkeep::${type}::${name}`,
    opts: {
      protect: false,
      ignoreChanges: [],
      aliases: [],
      additionalSecretOutputs: [],
      customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
    },
    stackTags: new Map(),
    isType: () => false,
    asType: () => undefined,
    getConfig: () => {
      throw new Error("The rules take no configuration.");
    },
    notApplicable: (reason) => {
      throw new NotApplicable(reason);
    },
  };
}
