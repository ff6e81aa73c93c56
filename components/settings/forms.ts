import { z } from "zod";

/** A text of a certain form, told in the same words by an error and by the reference. */
export function written(form: RegExp, allowed: string): z.ZodString {
  return z.string().regex(form, allowed).meta({ allowed });
}

/** One label of a host name, RFC 1035 section 2.3.1. */
export const dnsLabel = written(
  /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  "a DNS label: 1 to 63 lower-case letters, digits or hyphens",
);
