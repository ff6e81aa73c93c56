/** What system tests need to know of the stack, and what they do to it. */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { inject } from "vitest";
import { accessTo, findMail, type Access, type Account } from "../../tools/site/clients.ts";
import { containerOf, docker, dockerWithInput } from "../../tools/site/docker.ts";
import { hurryOutside } from "../../tools/site/outside.ts";
import { stackReport, type SiteReport, type StackReport } from "../../tools/site/report.ts";

export interface Fixture {
  readonly stack: string;
  readonly report: StackReport;
  readonly site: SiteReport;
  /** By IPv4 and by IPv6. */
  readonly access: Access;
  readonly access6: Access;
  readonly user: (address: string) => Account;
}

/** The stack as it is now, with all ways of the foreign server open: earlier faults may have had it give some up for minutes. */
export async function fixture(): Promise<Fixture> {
  const stack = inject("stack");
  await hurryOutside(stack);
  const report = await stackReport(stack);
  const [site] = report.sites;
  if (site === undefined) throw new Error("the stack has no site");
  return {
    stack,
    report,
    site,
    access: await accessTo(report, site),
    access6: await accessTo(report, site, 6),
    user: (address) => {
      const found = report.users.find((user) => user.address === address);
      if (found === undefined) throw new Error(`the stack has no user ${address}`);
      return found;
    },
  };
}

/** A word that no other message has. */
export function mark(): string {
  return `mark-${randomUUID()}`;
}

/** A small message with all the headers that honest mail has. */
export function message(args: {
  from: string;
  to: string;
  subject: string;
  body?: string;
  headers?: readonly string[];
}): string {
  const domain = args.from.split("@")[1] ?? "outside.test";
  const lines = [
    `From: ${args.from}`,
    `To: ${args.to}`,
    `Subject: ${args.subject}`,
    `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${randomUUID()}@${domain}>`,
    ...(args.headers ?? []),
    "",
    args.body ?? "Good morning.",
    "",
  ];
  return lines.join("\r\n");
}

/** What no further try can make good. */
export class Final extends Error {
  override readonly name = "Final";
}

/**
 * Waits until a question is answered with yes. An error is no answer: it is asked again, but for a {@link Final} one.
 *
 * @returns how long that took, in milliseconds
 */
export async function until(what: string, question: () => Promise<boolean>, timeoutMs: number): Promise<number> {
  const begin = performance.now();
  const ask = (): Promise<boolean> =>
    question().catch((error: unknown) => {
      if (error instanceof Final) throw error;
      return false;
    });
  for (;;) {
    if (await ask()) return performance.now() - begin;
    if (performance.now() - begin > timeoutMs) throw new Error(`not within ${timeoutMs / 1000} s: ${what}`);
    await delay(250);
  }
}

/**
 * Waits until a message from the foreign server's queue is in a mailbox. Its next try may be minutes away: queue runs now
 * stand for the wait.
 */
export async function untilComeFromOutside(
  on: Fixture,
  account: Account,
  text: string,
  timeoutMs: number,
): Promise<void> {
  await until(
    `the foreign server's message to ${account.address} has come`,
    async () => {
      await hurryOutside(on.stack);
      return (await findMail(on.access, account, text)).length > 0;
    },
    timeoutMs,
  );
}

/** Waits until the whole stack is healthy. */
export function untilHealthy(stack: string, timeoutMs = 90_000): Promise<number> {
  return until("everything is healthy", async () => (await stackReport(stack)).healthy, timeoutMs);
}

/** The process ids, on this machine, of a workload's container; the keeper's first. */
export async function processesOf(
  stack: string,
  site: string,
  workload: string,
): Promise<{ pid: number; command: string }[]> {
  const container = await containerOf(stack, site, workload);
  const table = await docker("top", container, "-eo", "pid,args");
  return table
    .trim()
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const match = /^\s*(\d+)\s+(.*)$/.exec(line);
      return match?.[1] === undefined || match[2] === undefined ? [] : [{ pid: Number(match[1]), command: match[2] }];
    });
}

export { containerOf, docker, dockerWithInput };
