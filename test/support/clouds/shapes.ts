/** What resources take, as plain data. */
import { z } from "zod";

/** The form of a value. */
export type Shape =
  | { readonly kind: "text" | "number" | "flag" | "any" }
  | { readonly kind: "list" | "map"; readonly of: Shape }
  | { readonly kind: "group"; readonly fields: Readonly<Record<string, Field>> };

export interface Field {
  readonly shape: Shape;
  readonly required: boolean;
}

/** Inputs of each resource, by type token such as `digitalocean:index/droplet:Droplet`. */
export type Shapes = Readonly<Record<string, Readonly<Record<string, Field>>>>;

const shapeSchema: z.ZodType<Shape> = z.lazy(() =>
  z.union([
    z.object({ kind: z.enum(["text", "number", "flag", "any"]) }),
    z.object({ kind: z.enum(["list", "map"]), of: shapeSchema }),
    z.object({ kind: z.literal("group"), fields: fieldsSchema }),
  ]),
);
const fieldsSchema = z.record(z.string(), z.object({ shape: shapeSchema, required: z.boolean() }));

/** As a file keeps them: to read the declarations takes a second or two. */
export const shapesSchema: z.ZodType<Shapes> = z.record(z.string(), fieldsSchema);
