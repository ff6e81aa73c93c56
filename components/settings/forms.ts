import { z } from "zod";

/** A text of a certain form, told in the same words by an error and by the reference. */
export function written(form: RegExp, allowed: string): z.ZodString {
  return z.string().regex(form, allowed).meta({ allowed });
}
