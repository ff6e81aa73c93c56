/** Keys of the ways by which mail leaves the sites. */
import { z } from "zod";
import { domainName } from "../directory/schema.ts";

/** Each way by way of another site has a port of its own on the loopback. */
export const MAX_WAYS_OUT = 10;

const NAME = "1 to 20 lower-case letters, digits or hyphens, beginning with a letter";
const word = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,19}$/, NAME)
  .meta({ allowed: NAME });

/** Name of a relay, by which sites take it as a way out. */
export const relayName = word;

const PASSWORD = "1 to 200 printable ASCII characters, without a blank at either end";
/** A line of a table has it, so it must stay on one. */
export const relayPassword = z.string().regex(/^[!-~]([ -~]{0,198}[!-~])?$/, PASSWORD);

const USER = "1 to 100 printable ASCII characters without blanks and colons";

const NETWORK = "an IPv4 or IPv6 address, or a network such as 192.0.2.0/24";

/** A relay of the settings. */
export const relaySchema = z.strictObject({
  name: relayName.describe("Name of the relay, for `egress`."),
  host: domainName.describe("Its host name."),
  port: z
    .int()
    .min(1)
    .max(65_535)
    .default(587)
    .describe("Its port for submission with STARTTLS. 465, where TLS is there from the start, is not for this."),
  tls: z
    .enum(["verified", "required", "none"])
    .default("verified")
    .describe(
      "`verified`: encrypted, and its certificate is for its name and from a public authority. `required`: encrypted, " +
        "whoever's key it is. `none`: in plain, for a server on the same machine or in a private network.",
    ),
  user: z
    .string()
    .regex(/^[!-9;-~]{1,100}$/, USER)
    .meta({ allowed: USER })
    .optional()
    .describe("Login, if it asks for one. Its password is under `relayPasswords`."),
  senders: z
    .strictObject({
      addresses: z
        .array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], { error: NETWORK }).meta({ allowed: NETWORK }))
        .default([])
        .describe("Addresses and networks that it sends from."),
      includes: z
        .array(domainName)
        .default([])
        .describe("Names whose SPF records hold them. Each costs one of the ten lookups of RFC 7208 section 4.6.4."),
    })
    .describe("Where its mail leaves from, for the SPF records of the domains: what its operator tells its users."),
});

const WAY = "direct, or a group with one key: { via: <site> } or { relay: <name> }";

/** One way out of a site. */
export const wayOutSchema = z
  .union([z.literal("direct"), z.strictObject({ via: z.string() }), z.strictObject({ relay: z.string() })], {
    error: WAY,
  })
  .meta({ allowed: WAY });

/** A server of others that sends mail on. */
export type RelaySettings = z.infer<typeof relaySchema>;
/** A way by which mail leaves a site. */
export type WayOutSettings = z.infer<typeof wayOutSchema>;
