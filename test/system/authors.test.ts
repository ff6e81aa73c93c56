/** Who a message says that it is from: what mail programs could read differently, and who speaks as whom. */
import { beforeAll, describe, expect, it } from "vitest";
import { waitForMail } from "../../tools/site/clients.ts";
import { submitRaw } from "../support/submit-raw.ts";
import { smtpFromOutside } from "../support/smtp.ts";
import { transaction } from "../support/transaction.ts";
import { fixture, mark, until, type Fixture } from "../support/system.ts";

const VISITOR = "visitor@outside.test";
const PATIENCE_MS = 60_000;
let on: Fixture;

beforeAll(async () => {
  on = await fixture();
});

describe("from elsewhere", () => {
  it.each([
    ["blanks within the address", ["From: Ann <ann@ home.test>"]],
    ["blanks around the sign", ['From: "Ann Boss" <ann @ home.test>']],
    ["no brackets and blanks", ["From: ann @ home.test"]],
    ["a group", ["From: Ann Boss:ann@home.test;"]],
    ["an address that is folded into a name", ["From: ann@", " home.test <visitor@outside.test>"]],
    ["an address of ours as a name", ["From: ann@home.test <visitor@outside.test>"]],
    ["two authors in brackets", ["From: <ann@home.test> <visitor@outside.test>"]],
    ["two fields", ["From: visitor@outside.test", "From: ann@home.test"]],
    ["a second field with a blank before the colon", ["From: visitor@outside.test", "From : ann@home.test"]],
    ["no field at all", []],
    ["an empty field", ["From: "]],
    ["a name alone", ["From: ann"]],
    ["a route", ["From: <@outside.test:ann@home.test>"]],
  ])("%s is refused", async (_, from) => {
    const answer = await deliver(VISITOR, from);
    expect(answer).toMatch(/^554 .*From field/);
  });

  it.each([
    ["a domain whose policy says so", "ann@home.test"],
    ["a name below it", "boss@sub.home.test"],
    ["a site's machine", "root@alpha.mailkeep.test"],
    ["a name below a domain without mail", "x@sub.parked.test"],
    ["one of two authors", "visitor@outside.test, ann@home.test"],
  ])("mail that pretends to be from %s is refused", async (_, from) => {
    expect(await deliver(VISITOR, [`From: ${from}`])).toMatch(/^554 .*whose DMARC policy is to reject/);
  });

  it("mail that pretends to be from a name below a domain with the policy to quarantine is filed as junk", async () => {
    const subject = mark();
    const answer = await deliverPatiently(["From: boss@sub.club.test"], subject);
    expect(answer).toMatch(/^250 /);
    await waitForMail(on.access, on.user("ann@home.test"), subject, PATIENCE_MS, "Junk");
  });

  it.each([
    "visitor@outside.test",
    "<visitor@outside.test>",
    '"Visitor, Vera" <visitor@outside.test>',
    "Visitor, Vera <visitor@outside.test>",
    "Vera: Visitor <visitor@outside.test>",
    "visitor@outside.test <visitor@outside.test>",
    "visitor@outside.test (Vera)",
    "Vera (who visits) <visitor@outside.test> (again)",
    "=?utf-8?q?Vera_=40_home?= <visitor@outside.test>",
    "Véra <visitor@outside.test>",
    '"a \\"quoted\\" name" <visitor@outside.test>',
    "VISITOR@OUTSIDE.TEST",
  ])("an honest author may write: %s", async (from) => {
    expect(await deliverPatiently([`From: ${from}`], mark())).toMatch(/^250 /);
  });
});

describe("of a user", () => {
  it.each([
    "From: cat@club.test <ann@home.test>",
    "From: cat @club.test <ann@home.test>",
    'From: "cat"@club.test <ann@home.test>',
    "From: cat@club.test (c) <ann@home.test>",
    "From: cat@club.test <ann@home.test",
    "From: cat@[192.0.2.1] <ann@home.test>",
    "From: ann@home.test cat@club.test",
    "From: cat@club.test;<ann@home.test>",
    "From: ann@home.test, cat@club.test",
    "From: ann@home.test\r\nSender: cat@club.test <ann@home.test>",
    "From: ann@home.test\r\nFrom: cat@club.test",
  ])("%s is refused for good", async (fields) => {
    expect(await submitAs("ann@home.test", fields)).toMatch(/^554 /);
  });

  it.each([
    "From: ann@home.test <ann@home.test>",
    'From: "cat@club.test" <ann@home.test>',
    "From: Ann (at home) <ann@home.test>",
    "From: =?utf-8?q?cat=40club=2Etest?= <ann@home.test>",
    "From: ANN@Home.Test",
    "From: ann@home.test\r\nSender: Ann <ann@home.test>",
  ])("%s is taken", async (fields) => {
    expect(await submitAs("ann@home.test", fields)).toMatch(/^250 /);
  });
});

/** Hands a message in whose author is as the fields say. @returns the answer to it */
async function deliver(sender: string, fields: readonly string[], subject = mark()): Promise<string> {
  const letter = [
    ...fields,
    "To: ann@home.test",
    `Subject: ${subject}`,
    `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${subject}@outside.test>`,
    "",
    "Good morning.",
  ];
  const text = letter.join("\r\n");
  const answers = await smtpFromOutside(
    on.stack,
    on.site.address,
    transaction({ from: sender, to: "ann@home.test", text }),
  );
  return answers.at(-1)?.text ?? "";
}

/** A careless form may have to wait for its second try. */
async function deliverPatiently(fields: readonly string[], subject: string): Promise<string> {
  let answer = "";
  await until(
    "it is not put off any more",
    async () => {
      answer = await deliver(VISITOR, fields, subject);
      return !answer.startsWith("451");
    },
    PATIENCE_MS,
  );
  return answer;
}

/** Hands a message of a user's in. @returns the answer to it */
function submitAs(address: string, fields: string): Promise<string> {
  const letter = `${fields}\r\nTo: ben@home.test\r\nSubject: ${mark()}\r\n\r\nGood morning.`;
  return submitRaw(on.access, on.user(address), "ben@home.test", letter);
}
