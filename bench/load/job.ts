/** What the load program is told, and what it tells. Both are JSON on its standard input and output. */
import { z } from "zod";

const endpoint = z.object({
  host: z.string(),
  port: z.int(),
  /** TLS from the start, with a certificate for this name from this authority; absent: none. */
  tls: z.object({ servername: z.string(), ca: z.string() }).optional(),
});

export const jobSchema = z.object({
  smtp: endpoint,
  imap: endpoint,
  helo: z.string(),
  sender: z.string(),
  mailboxes: z.array(z.object({ address: z.string(), password: z.string() })).min(1),
  /** Messages at full speed, by so many sessions at once, spread evenly over the mailboxes. */
  messages: z.int().min(0).max(20_000),
  sessions: z.int().min(1).max(50),
  /** Messages one after the other, each over a connection of its own, whose time to the mailbox is taken. */
  singles: z.int().min(0).max(1000),
  /** Size of a message. */
  bytes: z.int(),
  seed: z.int(),
});

export type Job = z.infer<typeof jobSchema>;

export const outcomeSchema = z.object({
  /** From the first message's start until the last one was accepted, and until all could be read. */
  acceptedSeconds: z.number(),
  readableSeconds: z.number(),
  /** CPU time of the load program itself meanwhile. */
  cpuSeconds: z.number(),
  /** Of each single message, from before its connection until it could be read. */
  singleMs: z.array(z.number()),
});

export type Outcome = z.infer<typeof outcomeSchema>;
