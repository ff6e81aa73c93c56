/** What the filter makes of doubtful and of dangerous mail. */
import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { findMail, submit, waitForMail } from "../../tools/site/clients.ts";
import { stackSettings } from "../../tools/stack/settings.ts";
import { smtpFromOutside, type Answer } from "../support/smtp.ts";
import { containerOf, docker, fixture, mark, message, until, type Fixture } from "../support/system.ts";
import { transaction } from "../support/transaction.ts";

const PATIENCE_MS = 60_000;
/** It begins as programs do, and does nothing. */
const PROGRAM = Buffer.from("MZ, says the file, and nothing more").toString("base64");
/** A picture of one transparent dot. */
const PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
let on: Fixture;
let delaySeconds: number;

beforeAll(async () => {
  on = await fixture();
  delaySeconds = (await stackSettings(on.stack, true)).filter.greylistDelaySeconds;
});

describe("greylisting", () => {
  it("lets a doubtful message wait, and takes its second try after the delay", async () => {
    const subject = mark();
    const ann = on.user("ann@home.test");
    // Without Date, Message-ID and To: careless, but no crime.
    const letter = [`From: ${stranger()}`, `Subject: ${subject}`, "", "Good morning.", ""].join("\r\n");
    const sender = stranger();
    const first = await deliver(sender, ann.address, letter);
    const begin = performance.now();
    expect(first.text).toMatch(/^451 .*Greylisted/);
    expect((await deliver(sender, ann.address, letter)).code).toBe(451);
    await until(
      "the second try is taken",
      async () => (await deliver(sender, ann.address, letter)).code === 250,
      delaySeconds * 1000 + PATIENCE_MS,
    );
    // A second less, for the server's clock began before the answer came.
    expect(performance.now() - begin).toBeGreaterThan((delaySeconds - 1) * 1000);
    await waitForMail(on.access, ann, subject, PATIENCE_MS);
  });

  it("does not make honest mail of an unknown sender wait", async () => {
    const subject = mark();
    const from = stranger();
    const answer = await deliver(from, "ben@home.test", message({ from, to: "ben@home.test", subject }));
    expect(answer.code).toBe(250);
    await waitForMail(on.access, on.user("ben@home.test"), subject, PATIENCE_MS);
  });
});

describe("an attachment", () => {
  it("that is a program is filed as junk, and says so in a header", async () => {
    const cat = on.user("cat@club.test");
    const subject = mark();
    const sender = stranger();
    const letter = withAttachment(sender, cat.address, subject, "holiday.exe", PROGRAM);
    await until(
      "the message is taken",
      async () => (await deliver(sender, cat.address, letter)).code === 250,
      delaySeconds * 1000 + PATIENCE_MS,
    );
    const { source } = await waitForMail(on.access, cat, subject, PATIENCE_MS, "Junk");
    expect(source).toMatch(/^X-Spam: Yes/im);
    expect(await findMail(on.access, cat, subject)).toEqual([]);
  });

  it("that hides what it is behind a second extension is refused", async () => {
    const sender = stranger();
    const letter = withAttachment(sender, "cat@club.test", mark(), "invoice.pdf.exe", PROGRAM);
    expect((await deliver(sender, "cat@club.test", letter)).code).toBe(554);
  });

  it("that is a page is delivered, though its name has two points", async () => {
    const cat = on.user("cat@club.test");
    const subject = mark();
    const sender = stranger();
    const page = Buffer.from("<html><body>Prices</body></html>").toString("base64");
    const letter = withAttachment(sender, cat.address, subject, "index.en.html", page, "text/html");
    expect((await deliver(sender, cat.address, letter)).code).toBe(250);
    await waitForMail(on.access, cat, subject, PATIENCE_MS);
  });

  it("that is a picture is delivered", async () => {
    const cat = on.user("cat@club.test");
    const subject = mark();
    const sender = stranger();
    const letter = withAttachment(sender, cat.address, subject, "holiday.png", PICTURE, "image/png");
    expect((await deliver(sender, cat.address, letter)).code).toBe(250);
    await waitForMail(on.access, cat, subject, PATIENCE_MS);
  });
});

it("takes a text as long as a message may be, such as a table, and lives on", { timeout: 180_000 }, async () => {
  const ann = on.user("ann@home.test");
  const subject = mark();
  const word = (number: number): string => (Math.imul(number, 2_654_435_761) >>> 0).toString(36);
  const text = Array.from({ length: 700_000 }, (_, line) =>
    Array.from({ length: 9 }, (_, column) => word(9 * line + column)).join(";"),
  ).join("\n");
  const since = new Date().toISOString();
  const to = ["ben@home.test"];
  await submit(on.access, 465, ann, { from: ann.address, to, subject, text });
  await until(
    "it is in the mailbox",
    async () => (await findMail(on.access, on.user("ben@home.test"), subject)).length === 1,
    PATIENCE_MS,
  );
  const log = await docker("logs", "--since", since, await containerOf(on.stack, on.site.name, "rspamd"));
  expect(log).not.toContain("terminated abnormally");
});

/** Somebody whom the filter has never seen: it remembers senders, from one run of the tests to the next. */
function stranger(): string {
  return `stranger-${randomUUID().slice(0, 8)}@outside.test`;
}

function withAttachment(
  from: string,
  to: string,
  subject: string,
  name: string,
  content: string,
  type = "application/octet-stream",
): string {
  const boundary = "the-parts-of-this-message";
  const body = [
    `--${boundary}`,
    "Content-Type: text/plain; charset=utf-8",
    "",
    "Please see the attached file.",
    `--${boundary}`,
    `Content-Type: ${type}; name="${name}"`,
    `Content-Disposition: attachment; filename="${name}"`,
    "Content-Transfer-Encoding: base64",
    "",
    content,
    `--${boundary}--`,
  ].join("\r\n");
  const headers = ["MIME-Version: 1.0", `Content-Type: multipart/mixed; boundary="${boundary}"`];
  return message({ from, to, subject, headers, body });
}

/** Hands a message to port 25. @returns the answer to it as a whole */
async function deliver(sender: string, recipient: string, letter: string): Promise<Answer> {
  const lines = transaction({ from: sender, to: recipient, text: letter });
  const answers = await smtpFromOutside(on.stack, on.site.address, lines);
  const answer = answers.at(-1);
  if (answer === undefined) throw new Error("the server said nothing");
  return answer;
}
