/** Values as the engine sends them, read with care: what is missing or of another kind is empty. */

export type Fields = Readonly<Record<string, unknown>>;

/** Properties of an object; none of anything else. */
export function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** Whether a value has properties: neither a list nor null. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Items of a list; none of anything else. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text or number as text; anything else is empty. */
export function word(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** Items of a list, each as {@link word} has it. */
export function words(value: unknown): readonly string[] {
  return list(value).map(word);
}

/** Items by a key of theirs, in the order in which they come. */
export function groupedBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
