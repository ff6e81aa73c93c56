/** Compares a resource's inputs with what its SDK's types say. */
import { isRecord, UNKNOWN } from "../../../providers/stand-ins/protocol/values.ts";
import type { Field, Shape } from "./shapes.ts";

export interface Wrong {
  /** Such as `networkInterfaces[0].accessConfigs`. */
  readonly property: string;
  readonly reason: string;
}

/** Everything that is wrong: inputs that are missing or that nobody knows, and values of another type. */
export function wrongFields(values: unknown, fields: Readonly<Record<string, Field>>, path = ""): Wrong[] {
  if (!isRecord(values)) return [{ property: path, reason: `${path} must be a group of values.` }];
  const at = (name: string): string => (path === "" ? name : `${path}.${name}`);
  const unknown = Object.keys(values).filter((name) => !Object.hasOwn(fields, name));
  return [
    ...unknown.map((name) => ({ property: at(name), reason: `${at(name)} is not an input; take it out.` })),
    ...Object.entries(fields).flatMap(([name, { shape, required }]) => {
      const value = values[name] ?? undefined;
      if (value !== undefined) return wrongValue(value, shape, at(name));
      return required ? [{ property: at(name), reason: `${at(name)} is missing; give it a value.` }] : [];
    }),
  ];
}

const TYPES = { text: "string", number: "number", flag: "boolean" } as const;

function wrongValue(value: unknown, shape: Shape, path: string): Wrong[] {
  if (value === UNKNOWN || shape.kind === "any") return [];
  const wrong = (wanted: string): Wrong[] => [{ property: path, reason: `${path} must be ${wanted}.` }];
  switch (shape.kind) {
    case "group":
      return wrongFields(value, shape.fields, path);
    case "list":
      if (!Array.isArray(value)) return wrong("a list");
      return value.flatMap((one: unknown, index) => wrongValue(one, shape.of, `${path}[${index}]`));
    case "map":
      if (!isRecord(value)) return wrong("values by name");
      return Object.entries(value).flatMap(([name, one]) => wrongValue(one, shape.of, `${path}["${name}"]`));
    default:
      return typeof value === TYPES[shape.kind] ? [] : wrong(`a ${TYPES[shape.kind]}, not ${JSON.stringify(value)}`);
  }
}
