/** What an address and a message may be: extensions, sizes, letters of every alphabet; and what is refused. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { submit, waitForMail, type Account } from "../../tools/site/clients.ts";
import { receivedOutside } from "../../tools/site/outside.ts";
import { behave, untilTaken } from "../support/fickle.ts";
import { untilTold } from "../support/notices.ts";
import { plainSession, tlsSession } from "../support/session.ts";
import { withSettings } from "../support/settings.ts";
import { smtpFromOutside } from "../support/smtp.ts";
import { fixture, mark, message, type Fixture } from "../support/system.ts";

const PATIENCE_MS = 120_000;
const LONG = { timeout: 300_000 };
const VISITOR = "visitor@outside.test";
const SIZE_MIB = 2;
const SIZE = SIZE_MIB * 1024 * 1024;
const LINE = `${"0123456789".repeat(7)}\r\n`;
let on: Fixture;
let restore: () => Promise<void>;

beforeAll(async () => {
  on = await fixture();
  // A limit that does not make each message a burden, and a domain whose name is bücher.test to its users.
  restore = await withSettings(on.stack, {
    limits: { messageSizeMiB: SIZE_MIB },
    domains: [{ name: "xn--bcher-kva.test", catchAll: ["cat@club.test"] }],
  });
});

afterEach(() => behave(on.stack, {}));

afterAll(() => restore());

describe("an address extension", () => {
  it.each([
    ["of a mailbox", "ann+shop@home.test"],
    ["of an alias", "postmaster+shop@home.test"],
    ["in another alphabet", "ann+bücher@home.test"],
  ])("%s is delivered with it", LONG, async (_, recipient) => {
    const subject = mark();
    expect(await fromOutside({ recipient, subject })).toBe(250);
    await waitForMail(on.access, on.user("ann@home.test"), subject, PATIENCE_MS);
  });

  it("of nobody is refused before the message", async () => {
    const answers = await smtpFromOutside(on.stack, on.site.address, [
      "EHLO mail.outside.test",
      `MAIL FROM:<${VISITOR}>`,
      "RCPT TO:<nobody+shop@home.test>",
    ]);
    expect(answers.at(-1)?.code).toBe(550);
  });

  it("may be sent from by its owner, and by nobody else", LONG, async () => {
    const ann = on.user("ann@home.test");
    const mail = { from: "ann+shop@home.test", to: ["friend@fickle.outside.test"], subject: mark(), text: "Hello." };
    await submit(on.access, 465, ann, mail);
    expect(await untilTaken(on.stack, mail.subject, PATIENCE_MS)).toMatchObject({ sender: mail.from });
    await expect(submit(on.access, 465, on.user("ben@home.test"), mail)).rejects.toThrow(/553/);
  });
});

describe("the size of a message", () => {
  it("is limited on every port, and each says so", async () => {
    const [, onMx] = await smtpFromOutside(on.stack, on.site.address, ["EHLO mail.outside.test"]);
    const [, onStarttls] = await plainSession(on.site.address, 587, ["EHLO laptop.example"]);
    const [, onTls] = await tlsSession(on.access, 465, ["EHLO laptop.example"]);
    for (const hello of [onMx?.text, onStarttls, onTls]) expect(hello).toMatch(new RegExp(`^250[- ]SIZE ${SIZE}`, "m"));
  });

  it("that is announced too large is refused before the message", async () => {
    const announced = `SIZE=${SIZE + 1}`;
    const answers = await smtpFromOutside(on.stack, on.site.address, [
      "EHLO mail.outside.test",
      `MAIL FROM:<${VISITOR}> ${announced}`,
    ]);
    expect(answers.at(-1)?.code).toBe(552);
    const ann = on.user("ann@home.test");
    expect(await asUser(ann, [`MAIL FROM:<${ann.address}> ${announced}`])).toMatch(/^552 /);
  });

  it("that was not announced is refused at its end, in and out", LONG, async () => {
    const body = LINE.repeat(Math.ceil((SIZE + 65_536) / LINE.length));
    expect(await fromOutside({ recipient: "ann@home.test", subject: mark(), body })).toBe(552);
    const ann = on.user("ann@home.test");
    const mail = { from: ann.address, to: ["friend@fickle.outside.test"], subject: mark(), text: body };
    await expect(submit(on.access, 465, ann, mail)).rejects.toThrow(/552/);
  });

  it("just below the limit passes the whole way, in and out", LONG, async () => {
    const body = LINE.repeat(Math.floor((SIZE - 65_536) / LINE.length));
    const [incoming, outgoing] = [mark(), mark()];
    expect(await fromOutside({ recipient: "ann@home.test", subject: incoming, body })).toBe(250);
    const ann = on.user("ann@home.test");
    const { source } = await waitForMail(on.access, ann, incoming, PATIENCE_MS);
    expect(source.length).toBeGreaterThan(body.length);
    expect(await asUser(ann, letter(ann.address, "friend@fickle.outside.test", outgoing, body))).toMatch(/^250 /);
    expect((await untilTaken(on.stack, outgoing, PATIENCE_MS)).raw?.length).toBeGreaterThan(body.length);
  });
});

describe("SMTPUTF8 (RFC 6531)", () => {
  it("mail from a sender with such an address, and such headers, arrives unchanged", LONG, async () => {
    const subject = mark();
    const code = await fromOutside({ sender: "jürgen@outside.test", recipient: "ann@home.test", subject });
    expect(code).toBe(250);
    const { source } = await waitForMail(on.access, on.user("ann@home.test"), subject, PATIENCE_MS);
    expect(source).toMatch(/^Return-Path: <jürgen@outside\.test>/m);
    expect(source).toContain(`Subject: Grüße ${subject}`);
  });

  it("mail to a hosted domain by its name in letters is taken there", LONG, async () => {
    const subject = mark();
    expect(await fromOutside({ recipient: "jürgen@bücher.test", subject })).toBe(250);
    await waitForMail(on.access, on.user("cat@club.test"), subject, PATIENCE_MS);
  });

  it("an address that nobody has is refused, and one that is not announced as such", async () => {
    expect(await recipientCode(`MAIL FROM:<${VISITOR}> SMTPUTF8`, "jürgen@home.test")).toBe(550);
    expect(await recipientCode(`MAIL FROM:<${VISITOR}>`, "ann+bücher@home.test")).toBe(553);
  });

  it("a user's mail goes out to a far side that offers it, signed", LONG, async () => {
    const ann = on.user("ann@home.test");
    const subject = mark();
    const to = "jürgen@bücher.outside.test";
    expect(await asUser(ann, letter(ann.address, to, subject))).toMatch(/^250 /);
    const taken = await untilTaken(on.stack, subject, PATIENCE_MS);
    expect(taken).toMatchObject({ smtpUtf8: true, sender: ann.address, recipient: to });
    expect(taken.raw).toContain(`Subject: Grüße ${subject}`);
    expect(taken.raw).toMatch(/^DKIM-Signature: .*\bd=home\.test;/m);
  });

  it("towards a far side that does not offer it, the sender is told so", LONG, async () => {
    const ann = on.user("ann@home.test");
    const subject = mark();
    const to = "jürgen@outside.test";
    expect(await asUser(ann, letter(ann.address, to, subject))).toMatch(/^250 /);
    const notice = await untilTold(on.access, ann, subject, "failed", PATIENCE_MS);
    expect(notice.text).toContain(to);
    expect(notice.text).toContain("SMTPUTF8 is required, but was not offered");
    expect(notice.status[1]?.get("status")).toBe("5.6.7");
    expect((await receivedOutside(on.stack)).filter(({ raw }) => raw.includes(subject))).toEqual([]);
  });

  it("gives no user a sender address that is not theirs", async () => {
    const ann = on.user("ann@home.test");
    const lines = ["MAIL FROM:<änn@home.test> SMTPUTF8", "RCPT TO:<friend@fickle.outside.test>"];
    expect(await asUser(ann, lines)).toMatch(/^553 /);
  });
});

/** Sends a message from the foreign server's address, with SMTPUTF8. @returns the code of the last answer */
async function fromOutside(mail: {
  sender?: string;
  recipient: string;
  subject: string;
  body?: string;
}): Promise<number | undefined> {
  const { sender = VISITOR, recipient, subject, body } = mail;
  const text = message({
    from: sender,
    to: recipient,
    subject: `Grüße ${subject}`,
    headers: ["MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"],
    ...(body === undefined ? {} : { body }),
  });
  const answers = await smtpFromOutside(on.stack, on.site.address, [
    "EHLO mail.outside.test",
    `MAIL FROM:<${sender}> SMTPUTF8`,
    `RCPT TO:<${recipient}>`,
    "DATA",
    ` ${text}`,
    ".",
  ]);
  return answers.at(-1)?.code;
}

async function recipientCode(mailFrom: string, recipient: string): Promise<number | undefined> {
  const lines = ["EHLO mail.outside.test", mailFrom, `RCPT TO:<${recipient}>`];
  return (await smtpFromOutside(on.stack, on.site.address, lines)).at(-1)?.code;
}

/** Logs in on 465 and says some lines. @returns the last answer */
async function asUser({ address, password }: Account, lines: readonly string[]): Promise<string | undefined> {
  const secret = Buffer.from(`\0${address}\0${password}`).toString("base64");
  return (await tlsSession(on.access, 465, ["EHLO laptop.example", `AUTH PLAIN ${secret}`, ...lines])).at(-1);
}

/** What a mail program says to send a message with addresses and headers in UTF-8. */
function letter(from: string, to: string, subject: string, body = "Schöne Grüße."): string[] {
  const text = message({ from, to, subject: `Grüße ${subject}`, body });
  return [`MAIL FROM:<${from}> SMTPUTF8 BODY=8BITMIME`, `RCPT TO:<${to}>`, "DATA", `${text}\r\n.`];
}
