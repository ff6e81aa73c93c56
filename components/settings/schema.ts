/**
 * The strict schema of a stack's configuration: the only definition of its keys. Types come from it, the reference in
 * docs/ is made from its descriptions, and a key that it does not name is an error.
 */
import { z } from "zod";
import {
  aliasSchema,
  domainName,
  domainSchema as directoryDomainSchema,
  machineSchema,
  mailboxAddress,
  passwordHash,
} from "../directory/schema.ts";

const siteName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,18}[a-z0-9]$/, "2 to 20 lower-case letters, digits or hyphens, beginning with a letter");

const ipv4 = z.ipv4("an IPv4 address, such as 198.51.100.11");
const ipv6 = z.ipv6("an IPv6 address, such as 2001:db8:100::11");

const roles = z.enum(["mx", "submission", "maildrop"]);

export const siteSchema = z.strictObject({
  name: siteName.describe("Name of the site; part of its host name."),
  platform: z.enum(["local"]).describe("What the site is made of. `local`: containers on this machine."),
  roles: z.array(roles).min(1).describe("What the site does: `mx`, `submission`, `maildrop`."),
  addresses: z
    .strictObject({ v4: ipv4, v6: ipv6.optional() })
    .describe("The site's own addresses, for mail in and out. SPF, PTR and HELO name follow from them."),
  publishAddress: z
    .ipv4()
    .regex(/^127\./, "an address in 127.0.0.0/8")
    .optional()
    .describe("Platform `local`: loopback address where the listeners are published with their real ports."),
});

export const domainSchema = directoryDomainSchema.extend({
  dkimSelector: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "a DNS label of lower-case letters, digits and hyphens")
    .default("s1")
    .describe("Selector of the DKIM key that signs (RFC 6376 section 3.1)."),
  dmarcPolicy: z
    .enum(["none", "quarantine", "reject"])
    .default("quarantine")
    .describe("What receivers should do with mail that fails DMARC (RFC 9989)."),
});

export const limitsSchema = z.strictObject({
  messageSizeMiB: z.int().min(1).max(500).default(50).describe("Largest message in or out, in MiB as sent."),
  connectionsPerClient: z.int().min(1).max(1000).default(4).describe("Simultaneous SMTP connections from one address."),
  connectionsPerClientPerMinute: z
    .int()
    .min(1)
    .max(100_000)
    .default(10)
    .describe("New SMTP connections a minute from one address."),
  messagesPerClientPerMinute: z.int().min(1).max(100_000).default(60).describe("Messages a minute from one address."),
  messagesPerUserPerMinute: z.int().min(1).max(100_000).default(60).describe("Messages a minute sent by one login."),
  imapConnectionsPerUser: z
    .int()
    .min(1)
    .max(10_000)
    .default(50)
    .describe("IMAP connections of one user from one address."),
});

export const acmeSchema = z.strictObject({
  directory: z
    .union([z.literal("local"), z.url({ protocol: /^https$/ })])
    .default("local")
    .describe("ACME directory (RFC 8555) that certificates are asked from; `local` is the one in the local world."),
  email: mailboxAddress
    .optional()
    .describe("Contact of the ACME account. Without it: hostmaster@ of the infrastructure domain."),
});

export const settingsSchema = z.strictObject({
  infrastructureDomain: domainName.describe("Domain of the sites' own names, such as `alpha.<domain>`."),
  clientName: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/)
    .default("mail")
    .describe("Label under the infrastructure domain that mail programs connect to, at any site."),
  sites: z.array(siteSchema).min(1).describe("Every place that can be lost as a whole."),
  domains: z.array(domainSchema).min(1).describe("The mail domains that are hosted."),
  mailboxes: z
    .array(z.strictObject({ address: mailboxAddress }))
    .min(1)
    .describe("First mailboxes; the directory owns them afterwards."),
  aliases: z.array(aliasSchema).default([]).describe("First aliases; the directory owns them afterwards."),
  machines: z
    .array(machineSchema)
    .default([])
    .describe("Accounts of machines: they may submit mail and have no mailbox."),
  passwordHashes: z
    .record(mailboxAddress, passwordHash)
    .default({})
    .describe("Secret. Password hash by mailbox address or machine login, SHA512-CRYPT or ARGON2ID; never a password."),
  limits: limitsSchema.default(() => limitsSchema.parse({})).describe("Sizes and rates."),
  imap143: z.boolean().default(false).describe("Offer IMAP with STARTTLS on port 143 as well as IMAPS on 993."),
  acme: acmeSchema.default(() => acmeSchema.parse({})).describe("Where certificates come from."),
});

export type Settings = z.infer<typeof settingsSchema>;
export type SiteSettings = z.infer<typeof siteSchema>;
export type DomainSettings = z.infer<typeof domainSchema>;
