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
import { written } from "./forms.ts";
import { dnsToken, dnsZoneSchema, tlsKeysSchema } from "../dns/schema.ts";
import { MAX_WAYS_OUT, relayName, relayPassword, relaySchema, wayOutSchema } from "./egress-schema.ts";
import { canonicalIpv6 } from "./ipv6.ts";
import { platformSchemas, sshFromSchema, sshKeysSchema } from "./platforms.ts";

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

const everySite = {
  name: siteName.describe("Name of the site; part of its host name."),
  roles: z.array(roles).min(1).describe("What the site does: `mx`, `submission`, `maildrop`."),
  state: z
    .enum(["serving", "standby"])
    .default("serving")
    .describe(
      "`serving`: MX and service names send the world there. `standby`: the site works, takes over for others and empties " +
        "its queues, but no record names it. `npm run mailkeep -- site drain` and `resume` set it.",
    ),
  egress: z
    .array(wayOutSchema)
    .min(1)
    .max(MAX_WAYS_OUT)
    .default(["direct"])
    .describe(
      "How mail leaves the site, in order: `direct` from its own addresses, `via` another site from that one's, `relay` by a " +
        "server of others. A way that does not take a message now is passed over. SPF records follow.",
    )
    .meta({ example: "egress: [{ via: alpha }, direct]" }),
};

export const localSiteSchema = z.strictObject({
  ...everySite,
  platform: z.literal("local").describe("What the site is made of. `local`: containers on this machine."),
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

export const siteSchema = z.discriminatedUnion("platform", [localSiteSchema, ...platformSchemas(everySite)]);

export const domainSchema = directoryDomainSchema.extend({
  dkimSelector: label.default("s1").describe("Selector of the DKIM key that signs (RFC 6376 section 3.1)."),
  dkimStandby: z
    .array(label)
    .max(3)
    .default([])
    .describe(
      "Selectors whose keys are published and do not sign: the next one, and the last while mail is under way.",
    ),
  dkimRetired: z
    .array(label)
    .max(3)
    .default([])
    .describe("Selectors that are no more: their records say that the key was revoked (RFC 6376 section 3.6.1)."),
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

const authorityNumber = z.int().min(1).max(1_000_000);

export const linkAuthoritySchema = z.strictObject({
  signs: authorityNumber.default(1).describe("Number of the authority whose certificates the sites have."),
  believed: z
    .array(authorityNumber)
    .max(2)
    .default([])
    .describe("Numbers of further authorities that are believed: the next one, and the last until it is forgotten."),
});

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
  linkAuthority: linkAuthoritySchema
    .default(() => linkAuthoritySchema.parse({}))
    .describe("The private CA that vouches for sites towards each other."),
});

const answers = written(
  /^127(\.(\d{1,3}|\[\d{1,3}(\.\.\d{1,3})?(;\d{1,3}(\.\.\d{1,3})?)*\])){3}$/,
  "an address in 127.0.0.0/8 whose parts may be ranges, such as 127.0.0.[2..11]",
);

/** The operator's own form is not known here; whatever it is, it is one label of a name. */
const blocklistKey = written(/^[a-z0-9]{8,63}$/i, "8 to 63 letters and digits");

export const blocklistSchema = z.strictObject({
  zone: domainName.describe("Zone of the list."),
  about: z
    .array(z.enum(["client", "sender", "helo", "reverseName"]))
    .min(1)
    .describe(
      "What it is asked about: the client's address (`client`), or the domain of the sender (`sender`), of the HELO name " +
        "(`helo`), of the client's name in reverse DNS (`reverseName`).",
    ),
  answers: answers.describe(
    "Answers that mean that it is listed, and refused. All others change nothing; 127.255.255.* makes a line in the log.",
  ),
});

export const filterSchema = z.strictObject({
  greylistDelaySeconds: z
    .int()
    .min(0)
    .max(86_400)
    .default(300)
    .describe(
      "How long a doubtful message of a sender that is not known waits before its second try is taken; 0: no wait.",
    ),
});

export const queueSchema = z.strictObject({
  firstRetrySeconds: z
    .int()
    .min(10)
    .max(3600)
    .default(60)
    .describe(
      "How long a message that could not be delivered waits for its second try. An MX waits 30 seconds at most.",
    ),
  longestRetryMinutes: z
    .int()
    .min(1)
    .max(1440)
    .default(60)
    .describe("The wait doubles with each try until it is this long. An MX waits 15 minutes at most."),
  delayWarningMinutes: z
    .int()
    .min(0)
    .max(14_400)
    .default(240)
    .describe("After this time the sender, if one of ours, is told that the message still waits; 0: never."),
  lifetimeMinutes: z
    .int()
    .min(1)
    .max(43_200)
    .default(7200)
    .describe("After this time a message goes back to its sender. RFC 5321 section 4.5.4.1 asks for 4 to 5 days."),
});

const outboundTls = z.enum(["opportunistic", "required"]);

export const outboundTlsSchema = z.strictObject({
  default: outboundTls.default("opportunistic").describe("What holds for every destination that is not listed."),
  destinations: z
    .array(
      z.strictObject({
        domain: domainName.describe("Domain of the recipients, without its subdomains."),
        tls: outboundTls.describe("What holds for it."),
      }),
    )
    .default([])
    .describe("Domains for which something else holds."),
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
  sshFrom: sshFromSchema
    .default(() => sshFromSchema.parse({}))
    .describe("Who may reach SSH of the sites' machines: the networks that mailkeep is run from. Nobody else can.")
    .meta({ example: 'mailkeep:sshFrom:\n  v4: ["203.0.113.7/32"]' }),
  sshKeys: sshKeysSchema
    .describe("Public keys of people who may log in to machines that mailkeep makes, as user `mailkeep`.")
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

export type Settings = z.infer<typeof settingsSchema>;
export type SiteSettings = z.infer<typeof siteSchema>;
export type LocalSiteSettings = z.infer<typeof localSiteSchema>;
/** A site that is a machine of its own. */
export type MachineSettings = Exclude<SiteSettings, LocalSiteSettings>;
export type DomainSettings = z.infer<typeof domainSchema>;
