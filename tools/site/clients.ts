/** Mail programs as libraries: submission by nodemailer, IMAP by imapflow, over TLS that is verified. */
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { ImapFlow } from "imapflow";
import { createTransport } from "nodemailer";
import { fail } from "../console.ts";
import type { SiteReport, StackReport } from "./report.ts";

/** Who logs in. */
export interface Account {
  readonly address: string;
  readonly password: string;
}

/** How to reach a site, and how to know it. */
export interface Access {
  readonly host: string;
  readonly servername: string;
  /** PEM of the CA certificates to trust. */
  readonly ca: string;
}

/**
 * A site by its address or, where it is asked for, by its IPv6 address. It is known by the name that mail programs use: over the
 * link another site may answer, with its own certificate.
 */
export async function accessTo(report: StackReport, site: SiteReport, family: 4 | 6 = 4): Promise<Access> {
  const host = family === 4 ? site.address : (site.address6 ?? fail(`The site ${site.name} has no IPv6 address.`));
  const ca = await readFile(report.ca ?? fail("There is no CA certificate yet: run `npm run up`."), "utf8");
  return { host, servername: report.clientHostname, ca };
}

/** A message to be handed in. */
export interface Submission {
  readonly from: string;
  /** Envelope sender. @default from */
  readonly sender?: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends mail as a user, on 465 with TLS from the start or on 587 with STARTTLS. Gives the server's last answer. */
export async function submit(access: Access, port: 465 | 587, account: Account, mail: Submission): Promise<string> {
  const transport = createTransport({
    host: access.host,
    port,
    secure: port === 465,
    requireTLS: true,
    name: "laptop.example",
    auth: { user: account.address, pass: account.password },
    tls: { servername: access.servername, ca: access.ca },
    connectionTimeout: 10_000,
    greetingTimeout: 20_000,
    socketTimeout: 60_000,
  });
  try {
    const { from, to, subject, text } = mail;
    const sent = await transport.sendMail({
      from,
      to: [...to],
      subject,
      text,
      headers: { ...mail.headers },
      envelope: { from: mail.sender ?? from, to: [...to] },
    });
    return sent.response;
  } finally {
    transport.close();
  }
}

/** A message as it lies in a mailbox, with its headers. */
export interface Found {
  readonly folder: string;
  readonly source: string;
}

/** Runs some work on a user's mailbox. */
export async function withImap<T>(
  access: Access,
  account: Account,
  work: (client: ImapFlow) => Promise<T>,
): Promise<T> {
  const client = new ImapFlow({
    host: access.host,
    port: 993,
    secure: true,
    auth: { user: account.address, pass: account.password },
    tls: { servername: access.servername, ca: access.ca },
    logger: false,
    connectionTimeout: 10_000,
  });
  // Without a listener an error of a closed connection would end the process.
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.logout().catch(() => client.close());
  }
}

/** Messages in a folder whose source contains some text. */
export function findMail(access: Access, account: Account, text: string, folder = "INBOX"): Promise<Found[]> {
  return withImap(access, account, async (client) => {
    const lock = await client.getMailboxLock(folder);
    try {
      // An empty folder has no message 1, and asking for it is an error.
      if (client.mailbox === false || client.mailbox.exists === 0) return [];
      const found: Found[] = [];
      for await (const message of client.fetch("1:*", { source: true })) {
        const source = message.source?.toString("utf8") ?? "";
        if (source.includes(text)) found.push({ folder, source });
      }
      return found;
    } finally {
      lock.release();
    }
  });
}

/**
 * Waits until a message with some text is in a folder.
 *
 * @throws Error when it has not come in time
 */
export async function waitForMail(
  access: Access,
  account: Account,
  text: string,
  timeoutMs: number,
  folder = "INBOX",
): Promise<Found> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const [found] = await findMail(access, account, text, folder).catch((error: unknown) => {
      if (performance.now() > end) throw error;
      return [];
    });
    if (found !== undefined) return found;
    if (performance.now() > end)
      throw new Error(
        `No message with "${text}" came to ${folder} of ${account.address} within ${timeoutMs / 1000} s.`,
      );
    await delay(200);
  }
}
