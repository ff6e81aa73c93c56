/** Mail in and out, as users and the rest of the world see it. */
import { beforeAll, describe, expect, it } from "vitest";
import { findMail, submit, waitForMail } from "../../tools/site/clients.ts";
import { sendFromOutside, waitOutside } from "../../tools/site/outside.ts";
import { smtpFromOutside } from "../support/smtp.ts";
import { fixture, mark, message, type Fixture } from "../support/system.ts";
import { transaction } from "../support/transaction.ts";

const PATIENCE_MS = 45_000;
const VISITOR = "visitor@outside.test";
let on: Fixture;

beforeAll(async () => {
  on = await fixture();
});

describe("mail from outside", () => {
  it("arrives by the foreign server's own queue, with its SPF, DKIM and DMARC verified", async () => {
    const subject = mark();
    const ann = on.user("ann@home.test");
    await sendFromOutside(on.stack, VISITOR, [ann.address], message({ from: VISITOR, to: ann.address, subject }));
    const { source } = await waitForMail(on.access, ann, subject, PATIENCE_MS);
    const results = authenticationResults(source, on.site.hostname);
    expect(results).toMatch(/spf=pass/);
    expect(results).toMatch(/dkim=pass/);
    expect(results).toMatch(/dmarc=pass/);
  });

  it.each(["v4", "v6"])("arrives over IP%s, and is read over it", async (family) => {
    const subject = mark();
    const cat = on.user("cat@club.test");
    const [server, access] = family === "v4" ? [on.site.address, on.access] : [on.site.address6 ?? "", on.access6];
    const answers = await smtpFromOutside(on.stack, server, [
      ...transaction({ from: VISITOR, to: cat.address, text: message({ from: VISITOR, to: cat.address, subject }) }),
      "QUIT",
    ]);
    expect(answers.map(({ code }) => code)).toEqual([220, 250, 250, 250, 354, 250, 221]);
    const { source } = await waitForMail(access, cat, subject, PATIENCE_MS);
    expect(source).toContain(family === "v4" ? "[198.51.100.4]" : "[IPv6:2001:db8:100::4]");
  });

  it("reaches everybody behind an alias, and an address with an extension", async () => {
    const subject = mark();
    const recipients = ["family@home.test", "ben+shopping@home.test"];
    await sendFromOutside(
      on.stack,
      VISITOR,
      recipients,
      message({ from: VISITOR, to: recipients.join(", "), subject }),
    );
    await waitForMail(on.access, on.user("ann@home.test"), subject, PATIENCE_MS);
    await waitForMail(on.access, on.user("ben@home.test"), subject, PATIENCE_MS);
  });

  it("to a discarded address is accepted and thrown away", async () => {
    const [, , , recipient] = await smtpFromOutside(on.stack, on.site.address, [
      "EHLO mail.outside.test",
      `MAIL FROM:<${VISITOR}>`,
      "RCPT TO:<noreply@home.test>",
    ]);
    expect(recipient?.code).toBe(250);
  });
});

describe("mail from a user", () => {
  it.each([
    [465, "v4"],
    [587, "v4"],
    [465, "v6"],
    [587, "v6"],
  ] as const)("on port %i over IP%s passes SPF, DKIM and DMARC at the far side", async (port, family) => {
    const subject = mark();
    const ann = on.user("ann@home.test");
    const to = `friend@${family}.outside.test`;
    await submit(family === "v4" ? on.access : on.access6, port, ann, {
      from: ann.address,
      to: [to],
      subject,
      text: "Hello.",
    });
    const received = await waitOutside(on.stack, subject, PATIENCE_MS);
    expect(received.results).toMatchObject({ spf: "pass", dkim: "pass", dmarc: "pass" });
    expect(received.client).toBe(family === "v4" ? on.site.address : on.site.address6);
    expect(received.helo).toBe(on.site.hostname);
    expect(received.pointer).toBe(on.site.hostname);
    expect(received.tls).toBe(true);
  });

  it("does not tell where the user is, or with which program", async () => {
    const subject = mark();
    const ben = on.user("ben@home.test");
    const headers = { "User-Agent": "Secret/1.0", "X-Mailer": "Secret/1.0", "X-Originating-IP": "[192.0.2.7]" };
    await submit(on.access, 587, ben, { from: ben.address, to: [VISITOR], subject, text: "Hello.", headers });
    const { raw } = await waitOutside(on.stack, subject, PATIENCE_MS);
    expect(raw).not.toMatch(/Secret|192\.0\.2\.7|laptop\.example|198\.51\.100\.1\b/);
  });

  it("to another user here arrives without leaving", async () => {
    const subject = mark();
    const ann = on.user("ann@home.test");
    const cat = on.user("cat@club.test");
    await submit(on.access, 465, ann, { from: ann.address, to: [cat.address], subject, text: "Hello." });
    const { source } = await waitForMail(on.access, cat, subject, PATIENCE_MS);
    expect(source).toMatch(/^DKIM-Signature:/m);
    expect(await findMail(on.access, ann, subject)).toEqual([]);
  });
});

function authenticationResults(source: string, server: string): string {
  const unfolded = source.replaceAll(/\r?\n[ \t]+/g, " ");
  const own = unfolded
    .split(/\r?\n/)
    .filter((line) => line.toLowerCase().startsWith(`authentication-results: ${server}`));
  return own.join("\n");
}
