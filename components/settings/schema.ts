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
import { dnsToken, dnsZoneSchema, tlsKeysSchema } from "../dns/schema.ts";
import { acmeSchema } from "./acme-schema.ts";
import { dkimKeys, dkimSchema } from "./dkim-schema.ts";
import { relayName, relayPassword, relaySchema } from "./egress-schema.ts";
import { dnsLabel } from "./forms.ts";
import { hostMailSchema } from "./host-mail-schema.ts";
import { imagesSchema, registryPassword } from "./images-schema.ts";
import { INCLUDED_KEYS, includeSchema } from "./include-schema.ts";
import {
  blocklistKey,
  blocklistSchema,
  filterSchema,
  limitsSchema,
  outboundTlsSchema,
  queueSchema,
} from "./mail-schema.ts";
import { sshFromSchema, sshKeysSchema } from "./platforms.ts";
import { rotationSchema } from "./rotation-schema.ts";
import { type localSiteSchema, MAX_SITES, siteSchema } from "./site-schema.ts";

/** A hosted domain with what is published of it. */
export const domainSchema = directoryDomainSchema.extend({
  ...dkimKeys,
  dmarcPolicy: z
    .enum(["none", "quarantine", "reject"])
    .default("quarantine")
    .describe("What receivers should do with mail that fails DMARC (RFC 9989)."),
  mtaSts: z
    .enum(["enforce", "testing", "none", "off"])
    .default("enforce")
    .describe(
      "What other servers do when they cannot reach the domain's MX over verified TLS (MTA-STS, RFC 8461). `enforce`: they wait " +
        "and try again; `testing`: they deliver and report it, a first step for a domain that moves here; `none`: for the week " +
        "before `off`, so that nobody remembers a policy that is gone.",
    ),
  reportsTo: mailAddress
    .optional()
    .describe("Who reads reports about the domain: DMARC and TLS. Without it: its postmaster."),
});

const machineAccountSchema = machineSchema.extend({
  generation: z
    .int()
    .min(1)
    .max(1000)
    .default(1)
    .describe(
      "Generation of a made-up password: a higher number makes a new one, and the old one opens nothing any more.",
    ),
});

/** All keys of a stack, without the namespace before them. */
export const settingsSchema = z.strictObject({
  infrastructureDomain: domainName.describe("Domain of the sites' own names, such as `alpha.<domain>`."),
  clientName: dnsLabel
    .default("mail")
    .describe("Label under the infrastructure domain that mail programs connect to, at any site."),
  sites: z.array(siteSchema).min(1).max(MAX_SITES).describe("Every place that can be lost as a whole."),
  sshFrom: sshFromSchema
    .default(() => sshFromSchema.parse({}))
    .describe("Who may reach SSH of the sites' machines: the networks that mailkeep is run from. Nobody else can.")
    .meta({ example: 'mailkeep:sshFrom:\n  v4: ["203.0.113.7/32"]' }),
  sshKeys: sshKeysSchema
    .describe(
      "Public keys of people who may log in to machines that mailkeep makes, as user `mailkeep`, and of nobody else: a key " +
        "that is taken out opens nothing once `up` has ended.",
    )
    .meta({ example: "mailkeep:sshKeys:\n  - ssh-ed25519 AAAA… ann" }),
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
  include: includeSchema
    .default([])
    .describe(
      `Files in the folder of the stack's file that go on with ${INCLUDED_KEYS.map((key) => `\`${key}\``).join(", ")}: for stacks with ` +
        "many of them, of which Pulumi takes 126 KiB in the stack's own file. They have the same keys without `mailkeep:`, and no secrets.",
    )
    .meta({ example: "mailkeep:include: [clubs.yaml]" }),
  machines: z
    .array(machineAccountSchema)
    .default([])
    .describe(
      "Accounts of machines: they may submit mail and have no mailbox. The password of one without a hash under " +
        "`passwordHashes` is made up; `npm run mailkeep -- host-mail` shows it.",
    )
    .meta({
      example: 'mailkeep:machines:\n  - login: printers@home.test\n    senders: ["*@*.home.test"]',
    }),
  hostMail: hostMailSchema
    .optional()
    .describe(
      "The sites' own machines send their mail (cron, upgrades, whatever is written to root) by submission, with a machine " +
        "account. Without it they send none.",
    )
    .meta({ example: "mailkeep:hostMail:\n  account: hosts@home.test\n  to: ann@home.test" }),
  passwordHashes: z
    .record(mailboxAddress, passwordHash)
    .default({})
    .describe(
      "Secret. Password hash by mailbox address or machine login, SHA512-CRYPT or ARGON2ID; never a password. " +
        "`npm run mailkeep -- password <address>` makes one and keeps it encrypted.",
    )
    .meta({ example: "mailkeep:passwordHashes:\n  ann@home.test:\n    secure: v1:…" }),
  limits: limitsSchema.default(() => limitsSchema.parse({})).describe("Sizes and rates."),
  blocklists: z
    .array(blocklistSchema)
    .default([])
    .describe(
      "DNS blocklists that are asked before mail of strangers is taken. postmaster@ and abuse@ take mail from anybody; a " +
        "list that does not answer refuses nobody.",
    )
    .meta({
      example: [
        "mailkeep:blocklists:",
        "  - zone: zen.spamhaus.org",
        "    about: [client]",
        "    answers: 127.0.0.[2..11]",
        "  - zone: dbl.spamhaus.org",
        "    about: [sender, helo, reverseName]",
        "    answers: 127.0.1.[2..99]",
      ].join("\n"),
    }),
  blocklistKeys: z
    .record(domainName, blocklistKey)
    .default({})
    .describe(
      "Secret. Key that the operator of a list gave, by the list's zone; the list is asked under `<key>.<zone>` then. Set " +
        "it with `pulumi config set --secret --path`.",
    )
    .meta({ example: "mailkeep:blocklistKeys:\n  zen.dq.spamhaus.net:\n    secure: v1:…" }),
  filter: filterSchema.default(() => filterSchema.parse({})).describe("How incoming mail is judged."),
  queue: queueSchema
    .default(() => queueSchema.parse({}))
    .describe("How long mail waits for a far side that does not take it, and when its sender hears of that."),
  outboundTls: outboundTlsSchema
    .default(() => outboundTlsSchema.parse({}))
    .describe(
      "TLS towards other mail servers. `opportunistic`: as DANE demands where the far side has TLSA records (RFC 7672), " +
        "else encrypted where it can be. `required`: always encrypted, whoever's key it is; else a message waits, and goes back in the end.",
    )
    .meta({
      example: "mailkeep:outboundTls:\n  destinations:\n    - domain: bank.example\n      tls: required",
    }),
  relays: z
    .array(relaySchema)
    .default([])
    .describe("Servers of others that send mail on for the sites, for use in their `egress`.")
    .meta({
      example: [
        "mailkeep:relays:",
        "  - name: smart",
        "    host: smtp.provider.example",
        "    user: mailkeep",
        "    senders: { includes: [spf.provider.example] }",
      ].join("\n"),
    }),
  relayPasswords: z
    .record(relayName, relayPassword)
    .default({})
    .describe(
      "Secret. Password by the name of a relay that has a `user`. Set it with `pulumi config set --secret --path`.",
    )
    .meta({ example: "mailkeep:relayPasswords:\n  smart:\n    secure: v1:…" }),
  imap143: z.boolean().default(false).describe("Offer IMAP with STARTTLS on port 143 as well as IMAPS on 993."),
  rotation: rotationSchema
    .default(() => rotationSchema.parse({}))
    .describe("Generations of secrets: a higher number makes a new one."),
  images: imagesSchema
    .default(() => imagesSchema.parse({}))
    .describe("Where sites on machines get their images from.")
    .meta({ example: "mailkeep:images:\n  registry: registry.example.org/mailkeep\n  user: sites" }),
  registryPassword: registryPassword
    .optional()
    .describe(
      "Secret. Password of `images.user`, best a token that may only pull. It is on a site for as long as a pull takes. Set it " +
        "with `pulumi config set --secret`.",
    )
    .meta({ example: "mailkeep:registryPassword:\n  secure: v1:…" }),
  acme: acmeSchema.default(() => acmeSchema.parse({})).describe("Where certificates come from."),
  dkim: dkimSchema
    .default(() => dkimSchema.parse({}))
    .describe("Signatures beyond the RSA one of each domain, and the keys of the sites' own domain.")
    .meta({ example: "mailkeep:dkim:\n  ed25519: true" }),
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
  dnsTokens: z
    .record(domainName, dnsToken)
    .default({})
    .describe(
      "Secret. What sites on machines show the provider of a zone to prove that their names are ours, by the zone: a token of " +
        "Cloudflare or DigitalOcean, or the JSON key of a service account of Google. It lies on every site, so let it change " +
        "this one zone and nothing more. Set it with `pulumi config set --secret --path`.",
    )
    .meta({ example: "mailkeep:dnsTokens:\n  example.org:\n    secure: v1:…" }),
});

/** Settings that have passed the schema: every default is in. */
export type Settings = z.infer<typeof settingsSchema>;
/** A site, on any platform. */
export type SiteSettings = z.infer<typeof siteSchema>;
/** A site in the local world. */
export type LocalSiteSettings = z.infer<typeof localSiteSchema>;
/** A site that is a machine of its own. */
export type MachineSettings = Exclude<SiteSettings, LocalSiteSettings>;
/** A hosted domain. */
export type DomainSettings = z.infer<typeof domainSchema>;
