/** The inputs of a release, and what makes them wrong. */
import { z } from "zod";
import type { InputFailure } from "./protocol.ts";
import { UNKNOWN, isList, isObject, mapObject, secret } from "./values.ts";
import type { Plain, PlainObject } from "./values.ts";

/** Relative paths keep to characters that need no quoting on any host. */
const PATH = /^(?!.*(^|\/)\.{1,2}(\/|$))[A-Za-z0-9._@+-]+(\/[A-Za-z0-9._@+-]+)*$/;
const PLACE = /^(\/[A-Za-z0-9._@+-]+)+$/;
const NAME = /^[a-z0-9][a-z0-9_.-]*$/;

const name = z.string().regex(NAME, "must be a name of lower-case letters, digits, '-', '_' and '.'");
const json: z.ZodType<PlainObject> = z.record(z.string(), z.json());
const files = z.record(z.string().regex(PATH, "must be a relative path such as conf/main.cf"), z.string());
const uid = z.int("must be a numeric user id").min(0, "must be a numeric user id").max(65_535, "must be below 65536");

const volume = z.strictObject({
  name,
  /** `mail` is never deleted. */
  kind: z.enum(["mail", "state", "memory"]),
  uid,
  mode: z.string().regex(/^0[0-7]{3}$/, "must be an octal mode such as 0750"),
  sizeMiB: z.int().positive().exactOptional(),
});

const workload = z.strictObject({
  service: json,
  uid,
  files,
  secretFiles: files,
  /** Files of `files` that lie at an absolute path of the container too. */
  mounts: z.record(z.string().regex(PLACE, "must be an absolute path"), z.string()).exactOptional(),
});

/** How a machine is reached by SSH. */
export const connection = z.strictObject({
  address: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.:-]*$/, "must be an address or a host name"),
  port: z.int("must be a port").min(1, "must be a port").max(65_535, "must be a port"),
  user: z.string().regex(/^[a-z_][a-z0-9_-]*$/, "must be the name of a user there"),
  hostKey: z
    .string()
    .regex(/^(ssh|ecdsa)-[a-z0-9-]+ [A-Za-z0-9+/=]+$/, "must be a public key such as ssh-ed25519 AAAA…"),
  /** The private key that opens it. Secret. */
  identity: z.string(),
});

/** Who may pull images. */
const registry = z.strictObject({
  /** As image names begin, such as `registry.example.org`. */
  host: z.string().regex(/^[a-z0-9][a-z0-9.-]*(:[0-9]+)?$/, "must be a host name, with a port or without"),
  user: z.string(),
  /** Secret. */
  password: z.string(),
});

const schema = z.strictObject({
  project: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]*$/, "must be a Compose project name: lower-case letters, digits, '-', '_'"),
  // Deleting a release removes folders below it: never accept one that others own.
  directory: z.string().regex(/^(\/[A-Za-z0-9._@+-]+){2,}$/, "must be an absolute path at least two folders deep"),
  networks: z.record(name, json),
  volumes: z.record(name, volume),
  workloads: z.record(name, workload),
  waitSeconds: z.number().positive("must be a number of seconds above 0"),
  /** The machine that it is put on, by SSH; this one where there is none. */
  connection: connection.exactOptional(),
  /** The login with which images are pulled that the host lacks; without it they are for everybody. */
  registry: registry.exactOptional(),
  /** A folder on a file system of its own where volumes of kind `mail` lie; without it they lie where Docker has its own. */
  mailFolder: z.string().regex(PLACE, "must be an absolute path").exactOptional(),
});

/** A release's inputs, once they are known to be right. */
export type ReleaseInputs = z.infer<typeof schema>;
/** One of its workloads. */
export type WorkloadInputs = z.infer<typeof workload>;
/** Who may pull its images. */
export type RegistryInputs = z.infer<typeof registry>;
/** One of its volumes. */
export type VolumeInputs = z.infer<typeof volume>;

/** Seconds that a workload may take to become healthy, where the release does not say. */
export const DEFAULT_WAIT_SECONDS = 120;

/** Finds all failures at once, and gives the inputs with defaults filled in and secrets marked. */
export function checkInputs(given: PlainObject): { inputs: PlainObject; failures: InputFailure[] } {
  const inputs: PlainObject = { networks: {}, volumes: {}, waitSeconds: DEFAULT_WAIT_SECONDS, ...given };
  const parsed = schema.safeParse(inputs);
  const failures = parsed.success ? crossCheck(parsed.data) : failuresOf(parsed.error, inputs);
  return { inputs: markSecrets(inputs), failures };
}

/** What a schema found, but for what a preview does not know yet. */
export function failuresOf(error: z.ZodError, inputs: PlainObject): InputFailure[] {
  return error.issues
    .filter((issue) => !isUnknownAt(inputs, issue.path))
    .map((issue) => ({ property: propertyPath(issue.path), reason: sentence(issue, inputs) }));
}

/** Takes the inputs out of what the engine keeps, which has outputs beside them. */
export function parseInputs(values: PlainObject): ReleaseInputs {
  const own = Object.entries(values).filter(([key]) => key in schema.shape);
  return schema.parse(Object.fromEntries(own));
}

/** Marks the content of every secret file, the key to the machine, and the registry's password. */
export function markSecrets(given: PlainObject): PlainObject {
  const values = markedIn(markedIn(given, "connection", "identity"), "registry", "password");
  const { workloads } = values;
  if (!isObject(workloads)) return values;
  const marked = mapObject(workloads, (one) =>
    isObject(one) && isObject(one["secretFiles"])
      ? { ...one, secretFiles: mapObject(one["secretFiles"], (content) => secret(content)) }
      : one,
  );
  return { ...values, workloads: marked };
}

/** The values with one key of one group marked, where it is there. */
function markedIn(values: PlainObject, group: string, key: string): PlainObject {
  const found = values[group];
  if (!isObject(found) || !(key in found)) return values;
  return { ...values, [group]: { ...found, [key]: secret(found[key] ?? null) } };
}

function crossCheck(inputs: ReleaseInputs): InputFailure[] {
  const failures: InputFailure[] = [];
  for (const [key, { service, files: plain, secretFiles, mounts }] of Object.entries(inputs.workloads)) {
    const at = ["workloads", key];
    const fail = (path: readonly string[], reason: string): void => {
      failures.push({ property: propertyPath([...at, ...path]), reason });
    };
    if (typeof service["image"] !== "string") fail(["service", "image"], "must name an image");
    for (const path of Object.keys(plain)) {
      if (path in secretFiles) fail(["secretFiles", path], "is in files too; keep it in one of the two");
    }
    for (const [place, path] of Object.entries(mounts ?? {})) {
      if (!(path in plain)) fail(["mounts", place], `names ${path}, which is not among its files`);
    }
    const shared = sharedWith(service);
    if (shared !== undefined && !(shared in inputs.workloads)) {
      fail(["service", "network_mode"], `shares the network of ${shared}, which is not a workload of this release`);
    }
    for (const mount of mountedVolumes(service)) {
      if (!(mount.source in inputs.volumes)) {
        fail(["service", "volumes"], `mounts ${mount.source}, which is not among the release's volumes`);
      }
    }
  }
  return failures;
}

/** The workload whose network a service shares. */
export function sharedWith(service: PlainObject): string | undefined {
  const mode = service["network_mode"];
  return typeof mode === "string" && mode.startsWith("service:") ? mode.slice("service:".length) : undefined;
}

/** The named volumes that a service mounts (long syntax). */
export function mountedVolumes(service: PlainObject): { source: string; target: string; readOnly: boolean }[] {
  const mounts = service["volumes"];
  if (!isList(mounts)) return [];
  return mounts.flatMap((mount) => {
    if (!isObject(mount) || mount["type"] !== "volume") return [];
    const { source, target } = mount;
    return typeof source === "string" && typeof target === "string"
      ? [{ source, target, readOnly: mount["read_only"] === true }]
      : [];
  });
}

/** A property path as Pulumi writes it. */
export function propertyPath(path: readonly PropertyKey[]): string {
  return path.map(String).reduce((text, key) => {
    const step = /^[A-Za-z_][\w-]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
    return text === "" ? key : text + step;
  }, "");
}

function sentence(issue: z.core.$ZodIssue, inputs: PlainObject): string {
  const reason = issue.code === "invalid_key" ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  if (issue.code === "invalid_type" && valueAt(inputs, issue.path) === undefined) return "is missing";
  return reason;
}

function isUnknownAt(inputs: PlainObject, path: readonly PropertyKey[]): boolean {
  return path.some((_, index) => valueAt(inputs, path.slice(0, index + 1)) === UNKNOWN);
}

function valueAt(value: Plain | undefined, path: readonly PropertyKey[]): Plain | undefined {
  return path.reduce<Plain | undefined>((at, key) => {
    if (isList(at)) return at[Number(key)];
    return isObject(at) ? at[String(key)] : undefined;
  }, value);
}
