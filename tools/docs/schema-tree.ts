/** The settings' schema as a plain tree: what the reference is written from. */
import { z } from "zod";
import { settingsSchema } from "../../components/settings/schema.ts";

/** The part of JSON Schema that the settings use, and `allowed` and `example`, which only the reference reads. */
export interface SchemaNode {
  readonly type?: string | undefined;
  readonly description?: string | undefined;
  readonly format?: string | undefined;
  readonly allowed?: string | undefined;
  /** YAML of the key, where `stacks/local.yaml` has none. */
  readonly example?: string | undefined;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[] | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly minItems?: number | undefined;
  readonly maxItems?: number | undefined;
  readonly required?: readonly string[] | undefined;
  readonly properties?: Readonly<Record<string, SchemaNode>> | undefined;
  /** `false` for a group whose keys are all named. */
  readonly additionalProperties?: SchemaNode | boolean | undefined;
  readonly propertyNames?: SchemaNode | undefined;
  readonly items?: SchemaNode | undefined;
  readonly anyOf?: readonly SchemaNode[] | undefined;
  /** Forms of which a key tells which is meant. */
  readonly oneOf?: readonly SchemaNode[] | undefined;
}

const node: z.ZodType<SchemaNode> = z.lazy(() =>
  z.object({
    type: z.string().optional(),
    description: z.string().optional(),
    format: z.string().optional(),
    allowed: z.string().optional(),
    example: z.string().optional(),
    default: z.unknown().optional(),
    const: z.unknown().optional(),
    enum: z.array(z.unknown()).optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    minItems: z.number().optional(),
    maxItems: z.number().optional(),
    required: z.array(z.string()).optional(),
    properties: z.record(z.string(), node).optional(),
    additionalProperties: z.union([node, z.boolean()]).optional(),
    propertyNames: node.optional(),
    items: node.optional(),
    anyOf: z.array(node).optional(),
    oneOf: z.array(node).optional(),
  }),
);

/** The whole configuration; its properties are the keys below `mailkeep:`. */
export function settingsTree(): SchemaNode {
  return node.parse(z.toJSONSchema(settingsSchema, { io: "input", unrepresentable: "any" }));
}
