/**
 * Each service that mail depends on is dead, then hung, while mail comes in and goes out.
 *
 * Mail waits (a 4xx), and all of it is delivered afterwards, once: never a bounce, never unsigned, never lost.
 */
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { findMail, submit } from "../../tools/site/clients.ts";
import { receivedOutside, sendFromOutside, waitOutside } from "../../tools/site/outside.ts";
import { hang, killContainer } from "../support/faults.ts";
import { smtpFromOutside } from "../support/smtp.ts";
import {
  Final,
  fixture,
  mark,
  message,
  until,
  untilComeFromOutside,
  untilHealthy,
  type Fixture,
} from "../support/system.ts";
import { transaction } from "../support/transaction.ts";

const VISITOR = "visitor@outside.test";
const DEAD_ANSWER_MS = 15_000;
const HUNG_ANSWER_MS = 30_000;
const PATIENCE_MS = 150_000;
const SERVICES = ["couchmail", "rspamd", "opendkim", "dovecot", "unbound", "valkey"] as const;

let on: Fixture;
let repair: (() => Promise<void>) | undefined;

beforeAll(async () => {
  on = await fixture();
});

afterEach(async () => {
  await repair?.();
  repair = undefined;
  await untilHealthy(on.stack);
});

describe.each(SERVICES)("%s", (service) => {
  it("dead: senders are told to wait, and nothing is lost", { timeout: 480_000 }, async () => {
    repair = await killContainer(on.stack, on.site.name, service);
    const letters = await sendBoth();
    const [inbound, outbound] = await Promise.all([timed(tryInbound()), timed(trySubmission())]);
    for (const { ms, result } of [inbound, outbound]) {
      expect(ms).toBeLessThan(DEAD_ANSWER_MS);
      expect(result).not.toBe("refused for good");
    }
    await repair();
    repair = undefined;
    await untilHealthy(on.stack);
    await allArrive(letters);
  });

  it("hung: its keeper ends it, and nothing is lost", { timeout: 480_000 }, async () => {
    await hang(on.stack, on.site.name, service);
    const letters = await sendBoth();
    const [inbound, outbound] = await Promise.all([timed(tryInbound()), timed(trySubmission())]);
    for (const { ms, result } of [inbound, outbound]) {
      expect(ms).toBeLessThan(HUNG_ANSWER_MS);
      expect(result).not.toBe("refused for good");
    }
    await untilHealthy(on.stack, HUNG_ANSWER_MS);
    await allArrive(letters);
  });
});

interface Letters {
  readonly inbound: string;
  readonly outbound: Promise<string>;
}

/** One message on its way in, in the foreign server's queue, and one that a patient mail program goes on submitting. */
async function sendBoth(): Promise<Letters> {
  const inbound = mark();
  const ann = on.user("ann@home.test");
  await sendFromOutside(
    on.stack,
    VISITOR,
    [ann.address],
    message({ from: VISITOR, to: ann.address, subject: inbound }),
  );
  const outbound = submitPatiently();
  // It is looked at once the fault is over; until then its failure waits.
  outbound.catch(() => undefined);
  return { inbound, outbound };
}

/** @returns the message's subject @throws Final where it is refused for good */
async function submitPatiently(): Promise<string> {
  const subject = mark();
  const ben = on.user("ben@home.test");
  await until(
    "the submission server takes a message",
    async () => {
      try {
        await submit(on.access, 465, ben, { from: ben.address, to: [VISITOR], subject, text: "Hello." });
        return true;
      } catch (error) {
        // A mail program gives up at such an answer, and its user is told.
        if (isPermanent(error)) throw new Final("The submission server refused a message for good.", { cause: error });
        return false;
      }
    },
    PATIENCE_MS,
  );
  return subject;
}

async function allArrive({ inbound, outbound }: Letters): Promise<void> {
  const ann = on.user("ann@home.test");
  await untilComeFromOutside(on, ann, inbound, PATIENCE_MS);
  const subject = await outbound;
  const { results } = await waitOutside(on.stack, subject, PATIENCE_MS);
  expect(results).toMatchObject({ spf: "pass", dkim: "pass", dmarc: "pass" });
  expect(await findMail(on.access, ann, inbound)).toHaveLength(1);
  const received = await receivedOutside(on.stack);
  expect(received.filter(({ raw }) => raw.includes(subject))).toHaveLength(1);
  // It may be told that its message waits, but not that it failed (RFC 3464 section 2.3.3).
  expect(
    received.filter(({ sender, raw }) => sender === "" && raw.includes(inbound) && raw.includes("Action: failed")),
  ).toEqual([]);
  expect(await findMail(on.access, on.user("ben@home.test"), subject)).toEqual([]);
}

type Outcome = "accepted" | "told to wait" | "refused for good";

/** A message to port 25, and what the first answer that is not 2xx or 3xx said. */
async function tryInbound(): Promise<Outcome> {
  const letter = message({ from: VISITOR, to: "cat@club.test", subject: mark() });
  const answers = await smtpFromOutside(on.stack, on.site.address, [
    "EHLO mail.outside.test",
    `MAIL FROM:<${VISITOR}>`,
    "RCPT TO:<cat@club.test>",
    "DATA",
  ]);
  const refusal = answers.find(({ code }) => code >= 400 || code === 0);
  if (refusal !== undefined) return refusal.code >= 500 ? "refused for good" : "told to wait";
  const lines = transaction({ from: VISITOR, to: "cat@club.test", text: letter });
  const whole = await smtpFromOutside(on.stack, on.site.address, lines);
  const code = whole.find((answer) => answer.code >= 400 || answer.code === 0)?.code ?? 250;
  return code === 250 ? "accepted" : code >= 500 ? "refused for good" : "told to wait";
}

async function trySubmission(): Promise<Outcome> {
  const cat = on.user("cat@club.test");
  try {
    await submit(on.access, 587, cat, { from: cat.address, to: [VISITOR], subject: mark(), text: "Hello." });
    return "accepted";
  } catch (error) {
    return isPermanent(error) ? "refused for good" : "told to wait";
  }
}

/** A 5xx answer; a 535 too, which would make a mail program ask for the password again. */
function isPermanent(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // When no recipient was taken, the answer that counts is the recipients', not the one to the DATA that followed.
  if ("rejectedErrors" in error && Array.isArray(error.rejectedErrors)) return error.rejectedErrors.some(isPermanent);
  return "responseCode" in error && typeof error.responseCode === "number" && error.responseCode >= 500;
}

async function timed<T>(work: Promise<T>): Promise<{ ms: number; result: T }> {
  const begin = performance.now();
  const result = await work;
  return { ms: performance.now() - begin, result };
}
