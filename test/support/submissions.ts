/** A user who sends numbered messages, as a mail program does: to any address that the shared name has, and to the next if that fails. */
import { setTimeout as delay } from "node:timers/promises";
import { submit, type Account } from "../../tools/site/clients.ts";
import { receivedOutside } from "../../tools/site/outside.ts";
import { resolverAt } from "./resolver.ts";
import { mark as newMark, until } from "./system.ts";
import type { SitesFixture } from "./sites.ts";

/** Beyond what a site lets one client connect in a minute, if it were to choose the same site each time. */
const EVERY_MS = 3000;
/** Takes mail over IPv4. */
const RECIPIENT = "friend@v4.outside.test";

export interface SubmissionTally {
  readonly accepted: number;
  /** Numbers that were accepted and are nowhere. */
  readonly lost: readonly number[];
  /** How many more came than were accepted. */
  readonly doubled: number;
  /** What was said where no site took a message. */
  readonly refused: readonly string[];
  /** What was said by sites that did not take a message, before another did. */
  readonly passedOver: readonly string[];
  /** The longest that the user waited until a site had taken a message. */
  readonly longestWaitMs: number;
}

export interface Submissions {
  /** How many messages have been accepted until now. */
  accepted(): number;
  /** Ends, waits until the accepted messages have arrived or time is up, and counts. */
  stop(timeoutMs: number): Promise<SubmissionTally>;
}

export function startSubmissions(on: SitesFixture, user: Account): Submissions {
  const stopping = new AbortController();
  const mark = newMark();
  const accepted: number[] = [];
  const refused: string[] = [];
  const passedOver: string[] = [];
  let longestWaitMs = 0;

  const run = (async () => {
    for (let number = 0; !stopping.signal.aborted; number += 1) {
      const begin = performance.now();
      const failures: string[] = [];
      for (const host of await addresses(on)) {
        const failure = await trySite(on, host, user, `${mark} number ${number} of a user`);
        if (failure === undefined) {
          accepted.push(number);
          break;
        }
        failures.push(`${host}: ${failure}`);
      }
      if (accepted.at(-1) === number) passedOver.push(...failures);
      else refused.push(failures.join("; "));
      longestWaitMs = Math.max(longestWaitMs, performance.now() - begin);
      await delay(Math.max(0, EVERY_MS - (performance.now() - begin)), undefined, { signal: stopping.signal }).catch(
        () => undefined,
      );
    }
  })();

  return {
    accepted: () => accepted.length,
    stop: async (timeoutMs) => {
      stopping.abort();
      await run;
      let numbers: number[] = [];
      const all = async (): Promise<boolean> => {
        numbers = await arrived(on.stack, mark);
        return accepted.every((number) => numbers.includes(number));
      };
      await until("every submitted message has arrived", all, timeoutMs).catch(() => undefined);
      const lost = accepted.filter((number) => !numbers.includes(number));
      const doubled = numbers.length - new Set(numbers).size;
      return { accepted: accepted.length, lost, doubled, refused, passedOver, longestWaitMs };
    },
  };
}

/** Where the shared name leads now, in the order in which a mail program tries. */
async function addresses(on: SitesFixture): Promise<string[]> {
  const found = await resolverAt(on.report.dns).resolve4(on.report.clientHostname);
  const turn = Math.floor(Math.random() * found.length);
  return [...found.slice(turn), ...found.slice(0, turn)];
}

/** @returns why the site did not take the message; undefined when it did */
async function trySite(on: SitesFixture, host: string, user: Account, subject: string): Promise<string | undefined> {
  const site = on.report.sites.find(({ address }) => address === host);
  if (site === undefined) return "no site has the address";
  try {
    const mail = { from: user.address, to: [RECIPIENT], subject, text: "Hello." };
    await submit(await on.access(site.name), 465, user, mail);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function arrived(stack: string, mark: string): Promise<number[]> {
  const numbered = new RegExp(`${mark} number (\\d+) of a user`);
  return (await receivedOutside(stack)).flatMap(({ raw }) => {
    const number = numbered.exec(raw)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}
