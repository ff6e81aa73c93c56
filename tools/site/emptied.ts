/** Waits until nothing is left at a site. */
import { setTimeout as delay } from "node:timers/promises";
import { step } from "../console.ts";
import { engine } from "../stack/pulumi.ts";
import type { Site } from "./bring.ts";
import { withDockerAt } from "./docker-at.ts";
import { flushQueues, waitingAt, type Waiting } from "./queues.ts";
import { openSessions } from "./sessions.ts";

/** How long a queue may take to empty itself before the command gives up waiting, not the queue. */
const PATIENCE_MS = 60_000;
/** Postfix ends a session after five minutes without a word (`smtpd_timeout`). */
const SESSION_PATIENCE_MS = 330_000;

/** What is left there now. */
export interface Left {
  readonly waiting: readonly Waiting[];
  /** Sessions that were open before the site was closed, and may bring a message yet. */
  readonly sessions: number;
}

/**
 * Has everything tried again until the queues are empty or patience ends.
 *
 * @param closed whether nobody new comes in: then it is also waited for those who are there
 */
export async function emptied(stack: string, site: Site, closed: boolean): Promise<Left> {
  const pulumi = await engine(["docker", "compose"]);
  const running = step(`Queues of ${site.name}`);
  const begin = performance.now();
  return withDockerAt({ stack, site: site.name, pulumi }, async (docker) => {
    for (;;) {
      // In this order: what the last session has brought is in a queue.
      const sessions = closed ? await openSessions(stack, site.name, site.roles, docker) : 0;
      await flushQueues(stack, site.name, site.roles, docker);
      const waiting = await waitingAt(stack, site.name, site.roles, docker);
      const patience = waiting.length > 0 ? PATIENCE_MS : SESSION_PATIENCE_MS;
      if (isEmpty({ waiting, sessions }) || performance.now() - begin > patience) {
        running.done(isEmpty({ waiting, sessions }) ? "empty" : `${waiting.length} left, ${sessions} connected`);
        return { waiting, sessions };
      }
      await delay(2000);
    }
  });
}

/** Whether the site can go without a message being lost. */
export function isEmpty({ waiting, sessions }: Left): boolean {
  return waiting.length === 0 && sessions === 0;
}

/** What is left and, of messages, why: by the reason that is met most often. */
export function describe({ waiting, sessions }: Left): string {
  const times = (reason: string): number => waiting.filter((one) => one.reason === reason).length;
  const [reason = ""] = waiting.map((one) => one.reason).sort((a, b) => times(b) - times(a));
  const most = reason === "" ? "" : `, most of all since "${reason}"`;
  return [
    ...(waiting.length === 0
      ? []
      : [`${counted(waiting.length, "message waits", "messages wait")} in its queues${most}.`]),
    ...(sessions === 0
      ? []
      : [`${counted(sessions, "sender is", "senders are")} still connected, and may bring a message.`]),
  ].join(" ");
}

function counted(count: number, one: string, more: string): string {
  return count === 1 ? `One ${one}` : `${count} ${more}`;
}
