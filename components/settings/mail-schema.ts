/** How mail is taken, looked at, kept and sent on: limits, blocklists, filter, queues, TLS on the way out. */
import { z } from "zod";
import { domainName } from "../directory/schema.ts";
import { written } from "./forms.ts";

/** The settings' `limits`. */
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
  recipientsPerUserPerDay: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(2000)
    .describe(
      "Recipients that one login may write to at once, and in a day from then on, at each site. It bounds what somebody " +
        "who has learned a password can do; a message to 300 people counts 300.",
    ),
  imapConnectionsPerUser: z
    .int()
    .min(1)
    .max(10_000)
    .default(50)
    .describe("IMAP connections of one user from one address."),
});

const answers = written(
  /^127(\.(\d{1,3}|\[\d{1,3}(\.\.\d{1,3})?(;\d{1,3}(\.\.\d{1,3})?)*\])){3}$/,
  "an address in 127.0.0.0/8 whose parts may be ranges, such as 127.0.0.[2..11]",
);

/** The operator's own form is not known here; whatever it is, it is one label of a name. */
export const blocklistKey = written(/^[a-z0-9]{8,63}$/i, "8 to 63 letters and digits");

/** One of the settings' `blocklists`. */
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

/** The settings' `filter`. */
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

/** The settings' `queue`. */
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

/** The settings' `outboundTls`. */
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
