/** What a site must not take, and the code with which it says so. */
import { beforeAll, describe, expect, it } from "vitest";
import { submit, withImap } from "../../tools/site/clients.ts";
import { plainSession, tlsSession } from "../support/session.ts";
import { smtpFromOutside, type Answer } from "../support/smtp.ts";
import { fixture, mark, message, type Fixture } from "../support/system.ts";
import { transaction } from "../support/transaction.ts";

const VISITOR = "visitor@outside.test";
const GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X";
let on: Fixture;

beforeAll(async () => {
  on = await fixture();
});

describe("port 25", () => {
  it.each([
    "somebody@elsewhere.test",
    "<@home.test:somebody@outside.test>",
    "@home.test:somebody@outside.test",
    "somebody%outside.test@home.test",
    "somebody@outside.test@home.test",
    "somebody@@home.test",
    "outside.test!somebody@home.test",
    '"somebody@outside.test"@home.test',
    '"somebody@outside.test"',
    "somebody%outside.test@[198.51.100.11]",
    "somebody@[198.51.100.4]",
    "somebody@mail.outside.test",
  ])("relays nothing: RCPT TO:<%s>", async (recipient) => {
    const path = recipient.startsWith("<") ? recipient : `<${recipient}>`;
    const answers = await smtpFromOutside(on.stack, on.site.address, [
      "EHLO mail.outside.test",
      `MAIL FROM:<${VISITOR}>`,
      `RCPT TO:${path}`,
    ]);
    expect(last(answers).code).toBeGreaterThanOrEqual(500);
  });

  it("refuses an unknown recipient before the message", async () => {
    const answers = await smtpFromOutside(on.stack, on.site.address, [
      "EHLO mail.outside.test",
      `MAIL FROM:<${VISITOR}>`,
      "RCPT TO:<nobody@home.test>",
    ]);
    expect(last(answers).code).toBe(550);
  });

  it("takes mail for postmaster without a domain (RFC 5321 section 4.5.1)", async () => {
    const answers = await smtpFromOutside(on.stack, on.site.address, [
      "EHLO mail.outside.test",
      `MAIL FROM:<${VISITOR}>`,
      "RCPT TO:<postmaster>",
    ]);
    expect(last(answers).code).toBe(250);
  });

  it("offers no login", async () => {
    const [, hello] = await smtpFromOutside(on.stack, on.site.address, ["EHLO mail.outside.test"]);
    expect(hello?.text).toContain("STARTTLS");
    expect(hello?.text).not.toContain("AUTH");
  });

  it("refuses spam after the message", async () => {
    const answers = await sendBody(message({ from: VISITOR, to: "ann@home.test", subject: mark(), body: GTUBE }));
    expect(last(answers).code).toBe(554);
  });

  it("says how large a message may be, and refuses a larger one by its announced size", async () => {
    const size = 51 * 1024 * 1024;
    const answers = await smtpFromOutside(on.stack, on.site.address, [
      "EHLO mail.outside.test",
      `MAIL FROM:<${VISITOR}> SIZE=${size}`,
    ]);
    expect(answers[1]?.text).toContain(`SIZE ${50 * 1024 * 1024}`);
    expect(last(answers).code).toBe(552);
  });

  it("refuses forged mail of a domain whose policy says so", async () => {
    const forged = message({ from: "ann@home.test", to: "cat@club.test", subject: mark() });
    const answers = await sendBody(forged, "ann@home.test", "cat@club.test");
    expect(last(answers).code).toBeGreaterThanOrEqual(500);
  });
});

describe("submission", () => {
  it("on 587 takes no login and no mail before TLS", async () => {
    const answers = await plainSession(on.site.address, 587, [
      "EHLO laptop.example",
      "AUTH PLAIN AGFubgBhbm4=",
      "MAIL FROM:<ann@home.test>",
    ]);
    expect(answers[1]).not.toMatch(/AUTH/);
    expect(answers[2]).toMatch(/^5\d\d /);
    expect(answers[3]).toMatch(/^530 /);
  });

  it("takes no mail without a login", async () => {
    const answers = await tlsSession(on.access, 465, [
      "EHLO laptop.example",
      "MAIL FROM:<ann@home.test>",
      "RCPT TO:<friend@outside.test>",
    ]);
    expect(answers.at(-1)).toMatch(/^5\d\d /);
  });

  it("refuses a bad password, and takes its time", async () => {
    const begin = performance.now();
    const ann = { address: "ann@home.test", password: "not her password" };
    await expect(submit(on.access, 465, ann, letter(ann.address))).rejects.toThrow(/535/);
    expect(performance.now() - begin).toBeGreaterThan(1000);
  });

  it("refuses a foreign envelope sender", async () => {
    const ann = on.user("ann@home.test");
    const mail = { ...letter(ann.address), sender: "cat@club.test" };
    await expect(submit(on.access, 465, ann, mail)).rejects.toThrow(/553/);
  });

  it("refuses a foreign From", async () => {
    const ann = on.user("ann@home.test");
    const mail = { ...letter("cat@club.test"), sender: ann.address };
    await expect(submit(on.access, 587, ann, mail)).rejects.toThrow(/55\d/);
  });

  it("refuses spam", async () => {
    const ann = on.user("ann@home.test");
    await expect(submit(on.access, 465, ann, { ...letter(ann.address), text: GTUBE })).rejects.toThrow(/55\d/);
  });
});

describe("IMAP", () => {
  it("refuses a bad password, and takes its time", async () => {
    const begin = performance.now();
    const ann = { address: "ann@home.test", password: "not her password" };
    await expect(withImap(on.access, ann, () => Promise.resolve())).rejects.toThrow();
    expect(performance.now() - begin).toBeGreaterThan(1000);
  });
});

describe("ports", () => {
  it.each([22, 110, 143, 2424, 4190, 6379, 8891, 9102, 10025, 10587, 11332, 11334, 12345, 40571, 40574])(
    "%i is closed to the world",
    async (port) => {
      await expect(plainSession(on.site.address, port, [])).rejects.toThrow(/ECONNREFUSED|timeout/);
    },
  );
});

function letter(from: string): { from: string; to: string[]; subject: string; text: string } {
  return { from, to: ["friend@outside.test"], subject: mark(), text: "Hello." };
}

function sendBody(body: string, sender = VISITOR, recipient = "ann@home.test"): Promise<Answer[]> {
  return smtpFromOutside(on.stack, on.site.address, transaction({ from: sender, to: recipient, text: body }));
}

function last(answers: readonly Answer[]): Answer {
  const answer = answers.at(-1);
  if (answer === undefined) throw new Error("the server said nothing");
  return answer;
}
