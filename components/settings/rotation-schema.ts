/** Which generation of each shared secret is in use. */
import { z } from "zod";
import { siteName } from "./site-schema.ts";

const keyNumber = z.int().min(1).max(1_000_000);

/** Authorities of the link, by number. */
export const linkAuthoritySchema = z.strictObject({
  signs: keyNumber.default(1).describe("Number of the authority whose certificates the sites have."),
  believed: z
    .array(keyNumber)
    .max(2)
    .default([])
    .describe("Numbers of further authorities that are believed: the next one, and the last until it is forgotten."),
});

/** Keys of mailkeep's own that open machines, by number. */
export const deployKeySchema = z.strictObject({
  uses: keyNumber.default(1).describe("Number of the key that mailkeep logs in with."),
  letIn: z
    .array(keyNumber)
    .max(2)
    .default([])
    .describe("Numbers of further keys that are let in: the next one, and the last until it is forgotten."),
});

/** The settings' `rotation`. */
export const rotationSchema = z.strictObject({
  srs: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(1)
    .describe(
      "Generation of the secret that signs rewritten senders of forwarded mail (SRS). One more, and a new secret signs; the " +
        "one before is still believed. Addresses live for 21 days, so leave that much time between two steps.",
    ),
  srsBelieveLast: z
    .boolean()
    .default(true)
    .describe("Whether the SRS secret of the generation before is still believed; it may go after those 21 days."),
  link: z
    .record(siteName, z.int().min(1).max(1_000_000))
    .default({})
    .describe("Number of the key with which a site proves itself to the others, by site. A site that is not listed: 1.")
    .meta({ example: "mailkeep:rotation:\n  link:\n    alpha: 2" }),
  ssh: z
    .record(siteName, z.int().min(1).max(1_000_000))
    .default({})
    .describe("Number of the SSH host key of a machine that mailkeep makes, by site. A site that is not listed: 1.")
    .meta({ example: "mailkeep:rotation:\n  ssh:\n    alpha: 2" }),
  deploy: deployKeySchema
    .default(() => deployKeySchema.parse({}))
    .describe("The key with which mailkeep logs in to machines."),
  linkAuthority: linkAuthoritySchema
    .default(() => linkAuthoritySchema.parse({}))
    .describe("The private CA that vouches for sites towards each other."),
});
