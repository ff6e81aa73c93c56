/** A steady load of numbered messages from the foreign server, and what has become of each. */
import { setTimeout as delay } from "node:timers/promises";
import { withImap, type Access, type Account } from "../../tools/site/clients.ts";
import { hurryOutside, receivedOutside } from "../../tools/site/outside.ts";
import { containerOf, dockerWithInput, message, until } from "./system.ts";

export interface Load {
  /** What every message of it has in its subject. */
  readonly mark: string;
  /** How many messages the foreign server has taken until now. */
  sent(): number;
  /** Ends the load. @returns how many messages the foreign server has taken, each numbered from 0 */
  stop(): Promise<number>;
}

export const SENDER = "counter@outside.test";

/** Queues a message at the foreign server every so often, which gives it to a site of its own choice. */
export function startLoad(stack: string, mark: string, recipient: string, everyMs: number): Load {
  const stopping = new AbortController();
  let sent = 0;
  const run = (async () => {
    const container = await containerOf(stack, "world", "outside");
    while (!stopping.signal.aborted) {
      const begin = performance.now();
      const text = message({ from: SENDER, to: recipient, subject: `${mark} number ${sent} of a load` });
      await dockerWithInput(text, "exec", "--interactive", container, "send-signed", SENDER, recipient);
      sent += 1;
      await delay(Math.max(0, everyMs - (performance.now() - begin)));
    }
  })();
  return {
    mark,
    sent: () => sent,
    stop: async () => {
      stopping.abort();
      await run;
      return sent;
    },
  };
}

export interface Tally {
  readonly accepted: number;
  readonly delivered: number;
  /** Numbers that are nowhere. */
  readonly lost: readonly number[];
  /** Numbers that came more than once. */
  readonly doubled: readonly number[];
  readonly bounced: number;
}

/** Waits until every message of a load has come, or time is up, and counts. */
export async function tally(
  stack: string,
  load: Load,
  accepted: number,
  account: Account,
  access: Access,
  timeoutMs: number,
): Promise<Tally> {
  let numbers: number[] = [];
  await until(
    "every message of the load has come",
    async () => {
      numbers = await numbersIn(access, account, load.mark);
      await hurryOutside(stack);
      await delay(1500);
      return new Set(numbers).size === accepted;
    },
    timeoutMs,
  ).catch(() => undefined);
  const all = Array.from({ length: accepted }, (_, number) => number);
  const times = (number: number): number => numbers.filter((one) => one === number).length;
  const bounces = (await receivedOutside(stack)).filter(({ sender, raw }) => sender === "" && raw.includes(load.mark));
  return {
    accepted,
    delivered: new Set(numbers).size,
    lost: all.filter((number) => times(number) === 0),
    doubled: all.filter((number) => times(number) > 1),
    bounced: bounces.length,
  };
}

function numbersIn(access: Access, account: Account, mark: string): Promise<number[]> {
  return withImap(access, account, async (client) => {
    const lock = await client.getMailboxLock("INBOX");
    try {
      const found = await client.search({ header: { subject: mark } }, { uid: true });
      if (found === undefined || found === false || found.length === 0) return [];
      const numbers: number[] = [];
      for await (const one of client.fetch(found, { envelope: true }, { uid: true })) {
        const number = / number (\d+) of a load/.exec(one.envelope?.subject ?? "")?.[1];
        if (number !== undefined) numbers.push(Number(number));
      }
      return numbers;
    } finally {
      lock.release();
    }
  });
}
