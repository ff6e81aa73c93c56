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
  mailAddress,
  mailboxAddress,
  passwordHash,
} from "../directory/schema.ts";
import { dnsZoneSchema, tlsKeysSchema } from "../dns/schema.ts";
import { canonicalIpv6 } from "./ipv6.ts";

/** A text of a certain form, told in the same words by an error and by the reference. */
function written(form: RegExp, allowed: string): z.ZodString {
  return z.string().regex(form, allowed).meta({ allowed });
}

const siteName = written(
  /^[a-z][a-z0-9-]{0,18}[a-z0-9]$/,
  "2 to 20 lower-case letters, digits or hyphens, beginning with a letter",
);
const label = written(
  /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  "a DNS label: 1 to 63 lower-case letters, digits or hyphens",
);

const ipv4 = z.ipv4("an IPv4 address, such as 198.51.100.11");
const ipv6 = z.ipv6("an IPv6 address, such as 2001:db8:100::11").overwrite(canonicalIpv6);

/** Each site has a network, and two addresses for its resolver and its certificate client, from ranges of this size. */
const MAX_SITES = 50;

const LOOPBACK = "an address in 127.0.0.0/8";

const roles = z.enum(["mx", "submission", "maildrop"]);

export const siteSchema = z.strictObject({
  name: siteName.describe("Name of the site; part of its host name."),
  platform: z.enum(["local"]).describe("What the site is made of. `local`: containers on this machine."),
  roles: z.array(roles).min(1).describe("What the site does: `mx`, `submission`, `maildrop`."),
  addresses: z
    .strictObject({
      v4: ipv4.describe("IPv4 address."),
      v6: ipv6.optional().describe("IPv6 address; without it the site does no IPv6."),
    })
    .describe("The site's own addresses, for mail in and out. SPF, PTR and HELO name follow from them."),
  publishAddress: z
    .ipv4(LOOPBACK)
    .regex(/^127\./, LOOPBACK)
    .meta({ allowed: LOOPBACK, format: "ipv4" })
    .optional()
    .describe("Platform `local`: loopback address where the listeners are published with their real ports."),
});

export const domainSchema = directoryDomainSchema.extend({
  dkimSelector: label.default("s1").describe("Selector of the DKIM key that signs (RFC 6376 section 3.1)."),
  dkimStandby: z
    .array(label)
    .max(3)
    .default([])
    .describe(
      "Selectors whose keys are published and do not sign: the next one, and the last while mail is under way.",
    ),
  dmarcPolicy: z
    .enum(["none", "quarantine", "reject"])
    .default("quarantine")
    .describe("What receivers should do with mail that fails DMARC (RFC 9989)."),
  reportsTo: mailAddress
    .optional()
    .describe("Who reads reports about the domain: DMARC and TLS. Without it: its postmaster."),
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

const DIRECTORY = "local, or an https URL such as https://acme.example/directory";

export const acmeSchema = z.strictObject({
  directory: z
    .union([z.literal("local"), z.url({ protocol: /^https$/, error: DIRECTORY })], { error: DIRECTORY })
    .meta({ allowed: DIRECTORY })
    .default("local")
    .describe("ACME directory (RFC 8555) that certificates are asked from; `local` is the one in the local world."),
  email: mailboxAddress
    .optional()
    .describe("Contact of the ACME account. Without it: hostmaster@ of the infrastructure domain."),
  issuer: domainName
    .optional()
    .describe(
      "What the authority calls itself in CAA records (RFC 8659). Known for `local` and Let's Encrypt; " +
        "otherwise there are no CAA records without it.",
    ),
  account: z
    .url({ protocol: /^https$/ })
    .optional()
    .describe("URI of the ACME account, when no other may have certificates for the sites' names (RFC 8657)."),
});

export const settingsSchema = z.strictObject({
  infrastructureDomain: domainName.describe("Domain of the sites' own names, such as `alpha.<domain>`."),
  clientName: label
    .default("mail")
    .describe("Label under the infrastructure domain that mail programs connect to, at any site."),
  sites: z.array(siteSchema).min(1).max(MAX_SITES).describe("Every place that can be lost as a whole."),
  domains: z.array(domainSchema).min(1).describe("The mail domains that are hosted."),
  parkedDomains: z
    .array(domainName)
    .default([])
    .describe("Domains without mail: they say so (RFC 7505), and that whatever claims to be from them is forged.")
    .meta({ example: "mailkeep:parkedDomains: [parked.test]" }),
  mailboxes: z
    .array(z.strictObject({ address: mailboxAddress.describe("The address; also the login.") }))
    .min(1)
    .describe("First mailboxes; the directory owns them afterwards."),
  aliases: z.array(aliasSchema).default([]).describe("First aliases; the directory owns them afterwards."),
  machines: z
    .array(machineSchema)
    .default([])
    .describe("Accounts of machines: they may submit mail and have no mailbox.")
    .meta({
      example: 'mailkeep:machines:\n  - login: printers@home.test\n    senders: ["*@*.home.test"]',
    }),
  passwordHashes: z
    .record(mailboxAddress, passwordHash)
    .default({})
    .describe(
      "Secret. Password hash by mailbox address or machine login, SHA512-CRYPT or ARGON2ID; never a password. " +
        "`npm run mailkeep -- password <address>` makes one and keeps it encrypted.",
    )
    .meta({ example: "mailkeep:passwordHashes:\n  ann@home.test:\n    secure: v1:…" }),
  limits: limitsSchema.default(() => limitsSchema.parse({})).describe("Sizes and rates."),
  imap143: z.boolean().default(false).describe("Offer IMAP with STARTTLS on port 143 as well as IMAPS on 993."),
  acme: acmeSchema.default(() => acmeSchema.parse({})).describe("Where certificates come from."),
  tlsKeys: z
    .array(tlsKeysSchema)
    .default([])
    .describe("Sites that are changing their TLS key. A site that is not listed has one key, number 1.")
    .meta({ example: "mailkeep:tlsKeys:\n  - site: alpha\n    serves: 1\n    standby: [2]" }),
  dnsZones: z
    .array(dnsZoneSchema)
    .default([])
    .describe("Zones and their providers. A domain in none of them is a zone of its own with the provider `local`.")
    .meta({
      example:
        "mailkeep:dnsZones:\n  - name: example.org\n    provider: cloudflare\n    zoneId: 023e105f4ecef8ad9ca31a8372d0c353",
    }),
});

export type Settings = z.infer<typeof settingsSchema>;
export type SiteSettings = z.infer<typeof siteSchema>;
export type DomainSettings = z.infer<typeof domainSchema>;
