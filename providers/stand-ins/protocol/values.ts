/** Values as the provider protocol carries them: JSON, with secrets and unknowns marked by fixed signatures. */

/** The properties of a resource. */
export type Properties = Readonly<Record<string, unknown>>;

/** The key that marks an object as special, and what it says for a secret. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** What stands for any value that is not known before an update. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * Marks a value as a secret, so that the engine encrypts it in the state.
 *
 * This is the form of a secret on the wire. The SDK's server of the provider protocol passes a provider's results on as
 * they are, so a `pulumi.secret` would not arrive as one.
 */
export function secret(value: unknown): Properties {
  return { [SIGNATURE]: SECRET, value };
}

/** Whether a value is marked as {@link secret} marks one. */
export function isSecret(value: unknown): boolean {
  return isRecord(value) && value[SIGNATURE] === SECRET;
}

/** The value without any mark of a secret in it, at any depth. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isRecord(value)) return value;
  if (value[SIGNATURE] === SECRET) return plain(value["value"]);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

/** All properties, each without marks of secrets. */
export function plainProperties(properties: unknown): Properties {
  const value = plain(properties);
  return isRecord(value) ? value : {};
}

/** Whether something in the value is not known yet. */
export function hasUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isRecord(value) && Object.values(value).some(hasUnknown);
}

/** Whether two plain values are the same; an absent value, null and an empty list or object are. */
export function same(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

/** Whether a value has properties: neither a list nor null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function canonical(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.length === 0 ? "" : `[${value.map(canonical).join()}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, item]) => canonical(item) !== "");
  if (entries.length === 0) return "";
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`)
    .join()}}`;
}
