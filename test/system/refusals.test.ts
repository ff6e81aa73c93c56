/** What a site must not take, and the code with which it says so. */
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { beforeAll, describe, expect, it } from "vitest";
import { submit, waitForMail, withImap } from "../../tools/site/clients.ts";
import { plainSession, tlsSession } from "../support/session.ts";
import { smtpFromOutside, type Answer } from "../support/smtp.ts";
import { fixture, mark, message, until, type Fixture } from "../support/system.ts";
import { transaction } from "../support/transaction.ts";

const VISITOR = "visitor@outside.test";
const GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X";
const SLOW = { timeout: 90_000 };
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

  it.each(["double-bounce@home.test", "DOUBLE-BOUNCE@HOME.TEST"])(
    "has no mailbox for what Postfix probes with: %s",
    async (recipient) => {
      const answers = await smtpFromOutside(on.stack, on.site.address, [
        "EHLO mail.outside.test",
        `MAIL FROM:<${VISITOR}>`,
        `RCPT TO:<${recipient}>`,
      ]);
      expect(last(answers).code).toBe(550);
    },
  );

  it.each([
    "postmaster",
    "postmaster@[198.51.100.11]",
    "abuse@[198.51.100.11]",
    "abuse@alpha.mailkeep.test",
    "postmaster@srs.mailkeep.test",
    "abuse@srs.mailkeep.test",
  ])("takes mail for %s (RFC 5321 section 4.5.1, RFC 2142)", async (recipient) => {
    const answers = await smtpFromOutside(on.stack, on.site.address, [
      "EHLO mail.outside.test",
      `MAIL FROM:<${VISITOR}>`,
      `RCPT TO:<${recipient}>`,
    ]);
    expect(last(answers).code).toBe(250);
  });

  it("has nobody order reports of success, which could be sent to somebody else (RFC 3461)", async () => {
    const answers = await smtpFromOutside(on.stack, on.site.address, [
      "EHLO mail.outside.test",
      `MAIL FROM:<${VISITOR}>`,
      "RCPT TO:<ann@home.test> NOTIFY=SUCCESS",
    ]);
    expect(answers[1]?.text).not.toContain("DSN");
    expect(last(answers).code).toBeGreaterThanOrEqual(500);
  });

  it.each([
    [1300, 250],
    [4000, 554],
  ])("takes a header field of %i lines as it is, or refuses it: %i", async (lines, code) => {
    const subject = mark();
    const long = Array.from({ length: lines }, (_, line) => ` ${String(line).padStart(40, "x")}`);
    const body = message({ from: VISITOR, to: "ann@home.test", subject, headers: [`X-Long:${long.join("\r\n")}`] });
    expect(last(await sendBody(body)).code).toBe(code);
    if (code !== 250) return;
    const { source } = await waitForMail(on.access, on.user("ann@home.test"), subject, 60_000);
    expect(source).toContain(long.at(-1));
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

  it("takes a right password at once after wrong ones from the same address, and tells them apart", SLOW, async () => {
    const ann = on.user("ann@home.test");
    for (let tries = 0; tries < 5; tries += 1) {
      const wrong = { address: "ben@home.test", password: "not his password" };
      await expect(submit(on.access, 465, wrong, letter(wrong.address))).rejects.toThrow(/535/);
    }
    const begin = performance.now();
    await submit(on.access, 465, ann, { ...letter(ann.address), to: ["ben@home.test"] });
    expect(performance.now() - begin).toBeLessThan(5000);
  });

  it("goes on for others while a client holds connections and says nothing", SLOW, async () => {
    const { host } = on.access;
    const silent = Array.from({ length: 60 }, () => connectTcp({ host, port: 465 }));
    try {
      await Promise.all(silent.map((socket) => once(socket, "connect")));
      const ann = on.user("ann@home.test");
      await submit(on.access, 465, ann, { ...letter(ann.address), to: ["ben@home.test"] });
      // And they are shown out.
      await Promise.all(silent.map((socket) => once(socket.resume(), "close")));
    } finally {
      for (const socket of silent) socket.destroy();
    }
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

describe.each([443, 993, 25])("port %i", (port) => {
  it("has one client take half of it at most", SLOW, async () => {
    const { host } = on.access;
    const many = Array.from({ length: 150 }, () => connectTcp({ host, port }));
    let closed = 0;
    for (const socket of many) {
      socket.on("error", () => {});
      socket.on("close", () => (closed += 1));
      socket.resume();
    }
    try {
      await until("some are refused", () => Promise.resolve(closed >= 40), 8000);
      expect(closed).toBeLessThan(110);
    } finally {
      for (const socket of many) socket.destroy();
    }
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
