/** Values as the engine sends them: plain JSON, with two kinds of markers in it. */

export type Plain = null | boolean | number | string | readonly Plain[] | PlainObject;
/** Properties by name. */
export interface PlainObject {
  readonly [key: string]: Plain;
}

/** Stands for a value that a preview does not know yet. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Marks a value, so that the engine encrypts it in the state and hides it in what it prints. */
export function secret(value: Plain): PlainObject {
  return { [SIGNATURE]: SECRET, value };
}

/** Takes the marks of secrets off, at any depth. */
export function unwrapSecrets(value: Plain): Plain {
  if (isList(value)) return value.map(unwrapSecrets);
  if (!isObject(value)) return value;
  if (value[SIGNATURE] === SECRET) return unwrapSecrets(value["value"] ?? null);
  return mapObject(value, unwrapSecrets);
}

/** Whether a value, or one inside of it, is not known yet. */
export function hasUnknown(value: Plain): boolean {
  if (value === UNKNOWN) return true;
  if (isList(value)) return value.some(hasUnknown);
  return isObject(value) && Object.values(value).some(hasUnknown);
}

/** Whether it is a list. */
export function isList(value: Plain | undefined): value is readonly Plain[] {
  return Array.isArray(value);
}

/** Whether it has properties: neither a list nor null. */
export function isObject(value: Plain | undefined): value is PlainObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object with the same keys and other values. */
export function mapObject<T, U>(
  object: Readonly<Record<string, T>>,
  map: (value: T, key: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]));
}

/** Text that is the same for the same value, whatever the order of its keys. */
export function canonical(value: Plain): string {
  if (isList(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(",")}}`;
}
