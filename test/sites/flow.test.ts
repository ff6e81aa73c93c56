/** Mail in and out at each of three sites, of which one has the mailboxes. */
import { Resolver } from "node:dns/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { submit, waitForMail } from "../../tools/site/clients.ts";
import { sendFromOutside, waitOutside } from "../../tools/site/outside.ts";
import { plainSession, tlsSession } from "../support/session.ts";
import { smtpFromOutside } from "../support/smtp.ts";
import { mark, message } from "../support/system.ts";
import { sitesFixture, type SitesFixture } from "../support/sites.ts";
import { transaction } from "../support/transaction.ts";

const PATIENCE_MS = 90_000;
const VISITOR = "visitor@outside.test";
const SITES = ["alpha", "bravo", "charlie"];
let on: SitesFixture;

beforeAll(async () => {
  on = await sitesFixture();
});

describe("records", () => {
  it("name all three sites for mail in, for mail out and for mail programs, and are soon forgotten", async () => {
    const resolver = new Resolver();
    resolver.setServers([on.report.dns]);
    const exchanges = await resolver.resolveMx("home.test");
    expect(exchanges.map(({ exchange }) => exchange).sort()).toEqual(SITES.map((site) => on.site(site).hostname));
    const [spf] = (await resolver.resolveTxt("home.test")).map((parts) => parts.join(""));
    for (const site of SITES) {
      expect(spf).toContain(`ip4:${on.site(site).address}`);
      expect(spf).toContain(`ip6:${on.site(site).address6 ?? ""}`);
    }
    const addresses = await resolver.resolve4(on.report.clientHostname, { ttl: true });
    expect(addresses.map(({ address }) => address).sort()).toEqual(SITES.map((site) => on.site(site).address));
    const hosts = await Promise.all(exchanges.map(({ exchange }) => resolver.resolve4(exchange, { ttl: true })));
    expect(new Set([...addresses, ...hosts.flat()].map(({ ttl }) => ttl))).toEqual(new Set([60]));
  });
});

describe.each(SITES)("%s", (name) => {
  it.each(["v4", "v6"])("takes mail in over IP%s, which is read at any site", async (family) => {
    const subject = mark();
    const ann = on.user("ann@home.test");
    const site = on.site(name);
    const answers = await smtpFromOutside(on.stack, family === "v4" ? site.address : (site.address6 ?? ""), [
      ...transaction({ from: VISITOR, to: ann.address, text: message({ from: VISITOR, to: ann.address, subject }) }),
      "QUIT",
    ]);
    expect(answers.map(({ code }) => code)).toEqual([220, 250, 250, 250, 354, 250, 221]);
    for (const reader of SITES) await waitForMail(await on.access(reader), ann, subject, PATIENCE_MS);
  });

  it.each([465, 587] as const)("sends a user's mail on port %i from its own address", async (port) => {
    const subject = mark();
    const ben = on.user("ben@home.test");
    const mail = { from: ben.address, to: ["friend@v4.outside.test"], subject, text: "Hello." };
    await submit(await on.access(name), port, ben, mail);
    const received = await waitOutside(on.stack, subject, PATIENCE_MS);
    expect(received.client).toBe(on.site(name).address);
    expect(received.pointer).toBe(on.site(name).hostname);
    expect(received.results).toMatchObject({ spf: "pass", dkim: "pass", dmarc: "pass" });
  });

  it("delivers a user's mail to another user", async () => {
    const subject = mark();
    const ann = on.user("ann@home.test");
    const mail = { from: ann.address, to: ["cat@club.test"], subject, text: "Hello." };
    await submit(await on.access(name), 465, ann, mail);
    await waitForMail(await on.access(name), on.user("cat@club.test"), subject, PATIENCE_MS);
  });

  it("relays nothing, and refuses unknown recipients before the message", async () => {
    const answers = await smtpFromOutside(on.stack, on.site(name).address, [
      "EHLO mail.outside.test",
      `MAIL FROM:<${VISITOR}>`,
      "RCPT TO:<somebody@elsewhere.test>",
      "RCPT TO:<nobody@home.test>",
    ]);
    expect(answers.slice(3).map(({ code }) => code)).toEqual([554, 550]);
  });

  it("relays by no trick of an address, and lets nobody log in on port 25", async () => {
    const tricks = [
      "somebody%outside.test@home.test",
      "somebody@@home.test",
      "@home.test:somebody@outside.test",
      "outside.test!somebody@home.test",
    ];
    const answers = await smtpFromOutside(on.stack, on.site(name).address, [
      "EHLO mail.outside.test",
      `MAIL FROM:<${VISITOR}>`,
      ...tricks.map((address) => `RCPT TO:<${address}>`),
    ]);
    expect(answers[1]?.text).toContain("STARTTLS");
    expect(answers[1]?.text).not.toContain("AUTH");
    for (const { sent, code } of answers.slice(3)) expect(code, sent).toBeGreaterThanOrEqual(500);
    expect(answers).toHaveLength(3 + tricks.length);
  });

  it("takes users' mail neither before TLS nor without a login", async () => {
    const plain = await plainSession(on.site(name).address, 587, ["EHLO laptop.example", "MAIL FROM:<ben@home.test>"]);
    expect(plain[1]).not.toMatch(/AUTH/);
    expect(plain[2]).toMatch(/^530 /);
    const unknown = await tlsSession(await on.access(name), 465, [
      "EHLO laptop.example",
      "MAIL FROM:<ben@home.test>",
      "RCPT TO:<friend@outside.test>",
    ]);
    expect(unknown.at(-1)).toMatch(/^5\d\d /);
  });
});

it("a foreign server's own choice among the sites is a good one", async () => {
  const ann = on.user("ann@home.test");
  const subjects = Array.from({ length: 6 }, mark);
  for (const subject of subjects)
    await sendFromOutside(on.stack, VISITOR, [ann.address], message({ from: VISITOR, to: ann.address, subject }));
  const access = await on.access("alpha");
  for (const subject of subjects) await waitForMail(access, ann, subject, PATIENCE_MS);
});
