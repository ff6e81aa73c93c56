/**
 * The load: senders and readers in one process, in a container that shares the foreign server's network, so that mail comes
 * from the address that SPF names.
 */
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { Inbox, type Login } from "./imap.ts";
import { jobSchema, type Outcome } from "./job.ts";
import { letter } from "./message.ts";
import { Smtp, type Envelope } from "./smtp.ts";

/** What is there must be readable at last, or the run is an error and no figure. */
const PATIENCE_MS = 180_000;
/** How often the readers look: rarely while mail is still being sent, since looking costs the server too. */
const LOOK_MS = { whileSending: 1000, afterwards: 10, single: 1 };

// A line with the job, and another one when what is measured may begin: logging in is no part of it.
const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const first: IteratorResult<string, undefined> = await input.next();
const job = jobSchema.parse(JSON.parse(first.value ?? ""));
const run = Math.random().toString(36).slice(2);

function envelope(n: number, to: Login): Envelope {
  const id = `${run}.${n}`;
  const message = letter({ from: job.sender, to: to.address, id, seed: job.seed + n, bytes: job.bytes });
  return { from: job.sender, to: to.address, message };
}

async function burst(inboxes: readonly Inbox[]): Promise<Omit<Outcome, "singleMs">> {
  const { mailboxes, messages, sessions } = job;
  if (messages === 0) return { acceptedSeconds: 0, readableSeconds: 0, cpuSeconds: 0 };
  // Made beforehand: making them is no part of what is measured.
  const queue = Array.from({ length: messages }, (_, n) => envelope(n, nth(mailboxes, n))).reverse();
  const before = await Promise.all(inboxes.map((inbox) => inbox.count()));
  const wanted = before.map((count, i) => count + share(i));
  const senders = await Promise.all(Array.from({ length: sessions }, () => Smtp.open(job.smtp, job.helo)));
  const cpu = process.cpuUsage();
  const start = performance.now();
  let accepted: number | undefined;
  const sending = Promise.all(
    senders.map(async (sender) => {
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) await sender.send(next);
    }),
  ).then(() => (accepted = performance.now()));
  const reading = Promise.all(inboxes.map((inbox, i) => until(inbox, wanted[i] ?? 0, () => accepted !== undefined)));
  await Promise.all([sending, reading]);
  const end = performance.now();
  const { user, system } = process.cpuUsage(cpu);
  await Promise.all(senders.map((sender) => sender.quit()));
  return {
    acceptedSeconds: ((accepted ?? end) - start) / 1000,
    readableSeconds: (end - start) / 1000,
    cpuSeconds: (user + system) / 1e6,
  };
}

/** How many of the messages go to one mailbox. */
function share(mailbox: number): number {
  const { messages, mailboxes } = job;
  return Math.floor(messages / mailboxes.length) + (mailbox < messages % mailboxes.length ? 1 : 0);
}

async function until(inbox: Inbox, wanted: number, sent: () => boolean): Promise<void> {
  const start = performance.now();
  while ((await inbox.count()) < wanted) {
    if (performance.now() - start > PATIENCE_MS)
      throw new Error(`not all mail could be read within ${PATIENCE_MS / 1000} s`);
    await delay(sent() ? LOOK_MS.afterwards : LOOK_MS.whileSending);
  }
}

async function singles(inboxes: readonly Inbox[]): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < job.singles; n += 1) {
    const mailbox = n % job.mailboxes.length;
    const next = envelope(job.messages + n, nth(job.mailboxes, n));
    const inbox = nth(inboxes, mailbox);
    const wanted = (await inbox.count()) + 1;
    const start = performance.now();
    const sender = await Smtp.open(job.smtp, job.helo);
    await sender.send(next);
    while ((await inbox.count()) < wanted) {
      if (performance.now() - start > PATIENCE_MS) throw new Error("a single message could not be read");
      await delay(LOOK_MS.single);
    }
    times.push(performance.now() - start);
    await sender.quit();
  }
  return times;
}

function nth<T>(items: readonly T[], n: number): T {
  const item = items[n % items.length];
  if (item === undefined) throw new Error("there are no mailboxes");
  return item;
}

const inboxes = await Promise.all(job.mailboxes.map((login) => Inbox.open(job.imap, login)));
process.stdout.write("ready\n");
await input.next();
const outcome: Outcome = { ...(await burst(inboxes)), singleMs: await singles(inboxes) };
for (const inbox of inboxes) inbox.close();
process.stdout.write(`${JSON.stringify(outcome)}\n`);
process.exit(0);
