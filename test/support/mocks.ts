/** A mock engine for component tests: it records what a program registers, with secrets unwrapped and remembered. */
import * as pulumi from "@pulumi/pulumi";
import { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import type { MockResourceArgs } from "@pulumi/pulumi/runtime/index.js";

/** One registered resource. */
export interface Seen {
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Dotted paths of the inputs that were secret. */
  readonly secretPaths: readonly string[];
  /** Whether the engine would refuse to delete it. */
  readonly protect: boolean;
  /** Resources that each input comes from, as {@link resourceKey} names them. */
  readonly sources: Readonly<Record<string, readonly string[]>>;
}

/** Tells a resource from others of a stack, whatever it is a child of. */
export function resourceKey({ type, name }: Pick<Seen, "type" | "name">): string {
  return `${type}::${name}`;
}

export interface MockOptions {
  /** What a provider would compute, by resource type. */
  readonly outputs?: Readonly<Record<string, (seen: Seen) => Readonly<Record<string, unknown>>>>;
  /** Nothing that a provider computes is known. @default false */
  readonly preview?: boolean;
}

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Runs `program` against a fresh mock engine. Its promise is settled when every registration has ended. */
export async function deploy<T>(
  program: () => T,
  options: MockOptions = {},
): Promise<{ result: T; resources: Seen[] }> {
  const resources: Seen[] = [];
  const requests: Requests = new Map();
  const newResource = (args: MockResourceArgs): { id: string | undefined; state: Record<string, unknown> } => {
    const secretPaths: string[] = [];
    const given: unknown = args.inputs;
    const inputs = record(unwrapSecrets(given, "", secretPaths));
    const { type, name, custom = false } = args;
    const { protect, sources } = requests.get(resourceKey(args)) ?? { protect: false, sources: {} };
    const seen: Seen = { type, name, custom, inputs, secretPaths, protect, sources };
    resources.push(seen);
    const computed = options.preview ? {} : options.outputs?.[args.type]?.(seen);
    return { id: options.preview ? undefined : `${args.name}-id`, state: { ...record(given), ...computed } };
  };
  const call = ({ token }: { token: string }): never => {
    throw new Error(`The program called the provider function ${token}, which this test does not answer.`);
  };
  await pulumi.runtime.setMocks({ newResource, call }, "mailkeep", "test", options.preview ?? false);
  listen(requests);
  try {
    const result = program();
    await pulumi.runtime.disconnect(); // waits for every pending registration, outputs included
    return { result, resources };
  } catch (error) {
    await pulumi.runtime.disconnect(); // a constructor that threw after super() has registrations in flight
    throw error;
  }
}

type Requests = Map<string, Pick<Seen, "protect" | "sources">>;

/** The mock engine tells mocks of inputs alone; what else is asked of the engine is heard on the way to it. */
function listen(requests: Requests): void {
  const monitor: object = pulumi.runtime.getMonitor() ?? {};
  const register: unknown = Reflect.get(monitor, "registerResource");
  if (typeof register !== "function") throw new Error("The mock engine takes no registrations.");
  Reflect.set(monitor, "registerResource", (request: unknown, ...rest: unknown[]): unknown => {
    if (request instanceof RegisterResourceRequest) {
      const key = resourceKey({ type: request.getType(), name: request.getName() });
      requests.set(key, { protect: request.getProtect() ?? false, sources: sourcesOf(request) });
    }
    const registered: unknown = Reflect.apply(register, monitor, [request, ...rest]);
    return registered;
  });
}

function sourcesOf(request: RegisterResourceRequest): Seen["sources"] {
  const entries = [...request.getPropertydependenciesMap().entries()];
  return Object.fromEntries(entries.map(([property, from]) => [property, from.getUrnsList().map(keyOfUrn)]));
}

/** `urn:pulumi:test::mailkeep::parent$type::name` has its name last, which may have colons in it. */
function keyOfUrn(urn: string): string {
  const [, , types = "", ...name] = urn.split("::");
  return resourceKey({ type: types.split("$").at(-1) ?? "", name: name.join("::") });
}

/** The value of an output, or its error. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    pulumi.recover(
      output.apply((value) => {
        resolve(value);
        return undefined;
      }),
      (error: unknown) => {
        reject(error instanceof Error ? error : new Error(String(error)));
        return undefined;
      },
    );
  });
}

function unwrapSecrets(value: unknown, path: string, secrets: string[]): unknown {
  if (Array.isArray(value)) return value.map((one, index) => unwrapSecrets(one, `${path}[${index}]`, secrets));
  if (typeof value !== "object" || value === null) return value;
  const fields = record(value);
  if (fields[SIGNATURE] === SECRET) {
    secrets.push(path);
    return unwrapSecrets(fields["value"], path, secrets);
  }
  const below = (key: string): string => (path === "" ? key : `${path}.${key}`);
  return Object.fromEntries(Object.entries(fields).map(([key, one]) => [key, unwrapSecrets(one, below(key), secrets)]));
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
