/** The outgoing spool: a far side that puts mail off, is full, slow or closed (RFC 5321 section 4.5.4.1). */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { SMTP_PROCESSES } from "../../components/mail/postfix/services.ts";
import { submit } from "../../tools/site/clients.ts";
import { waitOutside } from "../../tools/site/outside.ts";
import { killContainer } from "../support/faults.ts";
import { behave, eventsFor, takenWith, untilTaken } from "../support/fickle.ts";
import { noticesAbout, untilTold, type Notice } from "../support/notices.ts";
import { withSettings } from "../support/settings.ts";
import { containerOf, docker, fixture, mark, until, untilHealthy, type Fixture } from "../support/system.ts";

const PATIENCE_MS = 240_000;
const LONG = { timeout: 600_000 };
const SENDER = "ann@home.test";
/** Longer than any test waits: the far side holds the connection until it is told otherwise. */
const HELD_SECONDS = 3600;
let on: Fixture;
let restore: () => Promise<void>;

beforeAll(async () => {
  on = await fixture();
  // Times that a test can wait for. Mail lives as long as ever.
  const queue = { firstRetrySeconds: 10, longestRetryMinutes: 1, delayWarningMinutes: 1 };
  restore = await withSettings(on.stack, { queue });
});

afterEach(() => behave(on.stack, {}));

afterAll(() => restore());

describe("a far side that does not take a message yet", () => {
  it("greylists: the second try is taken, once, and the sender hears nothing", LONG, async () => {
    const letter = await sendTo("greylisting", { answer: "greylist" });
    await untilTaken(on.stack, letter.subject, PATIENCE_MS);
    const events = await eventsFor(on.stack, letter.to);
    const codes = events.map(({ answer }) => answer.slice(0, 3));
    expect(codes[0]).toBe("451");
    expect(codes.filter((code) => code !== "451")).toEqual(["250"]);
    expect(new Set(events.map(({ sender }) => sender))).toEqual(new Set([SENDER]));
    await nothingLeft(letter);
    expect(await noticesAbout(on.access, on.user(SENDER), letter.subject)).toEqual([]);
  });

  it("is full: it is tried again until there is room", LONG, async () => {
    const letter = await sendTo("full", { answer: "full" });
    // Each try goes to both of its addresses.
    await until("it was tried again", async () => (await eventsFor(on.stack, letter.to)).length > 2, PATIENCE_MS);
    await behave(on.stack, {});
    await untilTaken(on.stack, letter.subject, PATIENCE_MS);
    const answers = (await eventsFor(on.stack, letter.to)).map(({ answer }) => answer.slice(0, 3));
    expect(answers.filter((code) => code !== "452")).toEqual(["250"]);
    await nothingLeft(letter);
  });

  it("is slow: it holds up no other mail, however much is for it", LONG, async () => {
    const subject = mark();
    await behave(on.stack, { delaySeconds: HELD_SECONDS });
    const recipients = Array.from({ length: SMTP_PROCESSES + 4 }, (_, i) => `slow-${i}@fickle.outside.test`);
    await Promise.all(recipients.map((to) => submitTo(to, subject)));
    const other = mark();
    await submitTo("friend@outside.test", other);
    await waitOutside(on.stack, other, PATIENCE_MS);
    expect(await takenWith(on.stack, subject)).toEqual([]);
    await behave(on.stack, {});
    for (const to of recipients) {
      await until(`${to} has left the queue`, async () => !(await queued(to)), PATIENCE_MS);
    }
    const taken = await takenWith(on.stack, subject);
    expect(taken.map(({ recipient }) => recipient).sort()).toEqual(recipients.sort());
  });

  it("is down: the sender is told of the delay and of its end, a crash in between loses nothing", LONG, async () => {
    const letter = await sendTo("down", { listening: false });
    const ann = on.user(SENDER);
    const delayed = await untilTold(on.access, ann, letter.subject, "delayed", PATIENCE_MS);
    expectWellFormed(delayed, letter.to);
    expect(delayed.text).toContain("more than 1 minute:");
    expect(delayed.status[1]?.get("status")).toMatch(/^4\./);
    expect(delayed.status[1]?.get("will-retry-until")).toBeDefined();

    const revive = await killContainer(on.stack, on.site.name, "submission");
    await revive();
    await untilHealthy(on.stack, PATIENCE_MS);
    expect(await queued(letter.to)).toBe(true);

    await behave(on.stack, {});
    await untilTaken(on.stack, letter.subject, PATIENCE_MS);
    const cleared = await untilTold(on.access, ann, letter.subject, "relayed", PATIENCE_MS);
    expectWellFormed(cleared, letter.to);
    await nothingLeft(letter);
    // One of each kind, whatever the number of tries.
    expect(await noticesAbout(on.access, ann, letter.subject)).toHaveLength(2);
  });

  it("refuses for good: the sender is told at once", LONG, async () => {
    const letter = await sendTo("over-quota", { answer: "over-quota" });
    const failed = await untilTold(on.access, on.user(SENDER), letter.subject, "failed", PATIENCE_MS);
    expectWellFormed(failed, letter.to);
    expect(failed.status[1]?.get("status")).toBe("5.2.2");
    expect(failed.text).toContain("over its quota");
    expect(await eventsFor(on.stack, letter.to)).toHaveLength(1);
  });
});

describe("a far side that never takes a message", () => {
  // Taken back together with the rest, at the end of the file.
  beforeAll(async () => {
    await withSettings(on.stack, { queue: { delayWarningMinutes: 0, lifetimeMinutes: 2 } });
  });

  it("gives it back to its sender when its time is over, and not before", LONG, async () => {
    const begin = performance.now();
    const letter = await sendTo("never", { answer: "full" });
    const failed = await untilTold(on.access, on.user(SENDER), letter.subject, "failed", PATIENCE_MS * 2);
    expect(performance.now() - begin).toBeGreaterThan(2 * 60_000);
    expectWellFormed(failed, letter.to);
    expect(failed.status[1]?.get("status")).toBe("4.2.2");
    expect(failed.source).toContain("Good morning, friend.");
    expect((await eventsFor(on.stack, letter.to)).length).toBeGreaterThan(2);
    await nothingLeft(letter, 0);
    expect(await noticesAbout(on.access, on.user(SENDER), letter.subject)).toHaveLength(1);
  });
});

interface Letter {
  readonly to: string;
  readonly subject: string;
}

/** Tells the far side how to behave, and sends it a message for a recipient of its own. */
async function sendTo(name: string, behaviour: Parameters<typeof behave>[1]): Promise<Letter> {
  const letter = { to: `${name}@fickle.outside.test`, subject: mark() };
  await behave(on.stack, behaviour);
  await submitTo(letter.to, letter.subject);
  return letter;
}

function submitTo(to: string, subject: string): Promise<string> {
  return submit(on.access, 465, on.user(SENDER), { from: SENDER, to: [to], subject, text: "Good morning, friend." });
}

async function queued(recipient: string): Promise<boolean> {
  const submission = await containerOf(on.stack, on.site.name, "submission");
  return (await docker("exec", submission, "postqueue", "-p")).includes(recipient);
}

/** Nothing waits any more, and it was taken as often as it should. */
async function nothingLeft({ to, subject }: Letter, times = 1): Promise<void> {
  await until("it has left the queue", async () => !(await queued(to)), PATIENCE_MS);
  expect(await takenWith(on.stack, subject)).toHaveLength(times);
}

/** A notice that comes from us: RFC 3464 sections 2.1 to 2.3, RFC 3834 section 5, and signed. */
function expectWellFormed(notice: Notice, recipient: string): void {
  const [whole, ...parts] = notice.types;
  expect([whole, ...parts.slice(0, 2)]).toEqual(["multipart/report", "text/plain", "message/delivery-status"]);
  expect(["message/rfc822", "text/rfc822-headers"]).toContain(parts[2]);
  const header = notice.source.slice(0, notice.source.search(/\r?\n\r?\n/)).replaceAll(/\r?\n[ \t]+/g, " ");
  expect(header).toMatch(/^Return-Path: <>/im);
  expect(header).toMatch(/^Content-Type: multipart\/report;.*report-type="?delivery-status/im);
  expect(header).toMatch(/^Auto-Submitted: auto-/im);
  expect(header).toMatch(/^DKIM-Signature: .*\bd=home\.test;/im);
  for (const name of ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version"]) {
    expect(header.match(new RegExp(`^${name}:`, "gim")), name).toHaveLength(1);
  }
  expect(notice.status[0]?.get("reporting-mta")).toBe(`dns; ${on.site.hostname}`);
  expect(notice.status[0]?.get("arrival-date")).toBeDefined();
  expect(notice.status[1]?.get("final-recipient")?.toLowerCase()).toBe(`rfc822; ${recipient}`);
}
