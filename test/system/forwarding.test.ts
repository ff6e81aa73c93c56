/**
 * Mail that is passed on to elsewhere: what the far side sees of it, and how its bounces come back.
 *
 * A forward leaves with a rewritten sender and a seal or not at all, and only forwards do.
 */
import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { stackFile } from "../../tools/paths.ts";
import { submit, waitForMail } from "../../tools/site/clients.ts";
import { hurryOutside, receivedOutside, sendFromOutside, type Received } from "../../tools/site/outside.ts";
import { engine } from "../../tools/stack/pulumi.ts";
import { editSettings } from "../support/changes.ts";
import { hang, killContainer } from "../support/faults.ts";
import { rest, type Rest } from "../support/rest.ts";
import { smtpFromOutside } from "../support/smtp.ts";
import { containerOf, docker, fixture, mark, message, until, untilHealthy, type Fixture } from "../support/system.ts";

const VISITOR = "visitor@outside.test";
const REWRITTEN = /^SRS0=[^=]{4}=[^=]{2}=outside\.test=visitor@srs\.mailkeep\.test$/i;
const PATIENCE_MS = 90_000;
/** Several messages one after the other. */
const SLOW = { timeout: 400_000 };
/** The edge gives PostSRSd a second, and Postfix asks more than once. */
const ANSWER_MS = 15_000;

let on: Fixture;
let directory: Rest;
let repair: (() => Promise<void>) | undefined;
const aliases: string[] = [];

beforeAll(async () => {
  on = await fixture();
  directory = await rest(on.stack);
});

afterEach(async () => {
  await repair?.();
  repair = undefined;
  await untilHealthy(on.stack);
});

afterAll(async () => {
  for (const address of aliases) await directory.call("DELETE", `/aliases/${address}`);
});

describe("a forward", () => {
  it("passes SPF, DKIM, DMARC and ARC at the far side, with a rewritten sender", SLOW, async () => {
    const { source, target } = await forwarding();
    const subject = await sendTo(source);
    const { results, sender, client, helo, recipient, raw } = await arrival(target, subject);
    expect(results).toMatchObject({ spf: "pass", dkim: "pass", dmarc: "pass", arc: "pass" });
    expect(sender).toMatch(REWRITTEN);
    expect([on.site.address, on.site.address6]).toContain(client);
    expect(helo).toBe(on.site.hostname);
    expect(recipient).toBe(target);
    // What was found out when it came in is what the seal vouches for.
    expect(unfolded(raw)).toMatch(
      new RegExp(
        `^ARC-Authentication-Results: i=1; ?${on.site.hostname};(?=.*dkim=pass)(?=.*spf=pass)(?=.*dmarc=pass)`,
        "m",
      ),
    );
  });

  it(
    "with a line that is longer than lines may be leaves it whole, and the author's signature good",
    SLOW,
    async () => {
      const { source, target } = await forwarding();
      const subject = mark();
      const body = "word ".repeat(390);
      await sendFromOutside(on.stack, VISITOR, [source], message({ from: VISITOR, to: source, subject, body }));
      const { results, raw } = await arrival(target, subject);
      expect(raw).toContain(body);
      expect(results).toMatchObject({ dkim: "pass", dmarc: "pass", arc: "pass" });
    },
  );

  it("that keeps a copy here leaves the copy as it came", SLOW, async () => {
    const ann = on.user("ann@home.test");
    const { source, target } = await forwarding([ann.address]);
    const subject = await sendTo(source);
    expect((await arrival(target, subject)).sender).toMatch(REWRITTEN);
    const { source: copy } = await waitForMail(on.access, ann, subject, PATIENCE_MS);
    expect(copy).toMatch(/^Return-Path: <visitor@outside\.test>/im);
    expect(copy).not.toMatch(/^ARC-Seal:|SRS0=/im);
  });

  it("of a user's own mail keeps its sender, which our SPF record names", SLOW, async () => {
    const { source, target } = await forwarding();
    const cat = on.user("cat@club.test");
    const subject = mark();
    await submit(on.access, 465, cat, { from: cat.address, to: [source], subject, text: "Hello." });
    const { results, sender } = await arrival(target, subject);
    expect(sender).toBe(cat.address);
    expect(results).toMatchObject({ spf: "pass", dkim: "pass", dmarc: "pass" });
  });
});

describe("a bounce of a forward", () => {
  it("comes back through the MX of the senders' domain to the first sender", SLOW, async () => {
    const sender = await rewrittenSender();
    const subject = mark();
    const from = "MAILER-DAEMON@outside.test";
    await sendFromOutside(on.stack, "", [sender], message({ from, to: sender, subject }));
    const bounce = await arrival(VISITOR, subject);
    expect(bounce.sender).toBe("");
    // With an empty sender, SPF judges the HELO name.
    expect(bounce.results).toMatchObject({ spf: "pass", dkim: "pass", dmarc: "pass" });
  });

  it("is all that a rewritten sender takes", async () => {
    const answers = await smtpFromOutside(on.stack, on.site.address, [
      "EHLO mail.outside.test",
      `MAIL FROM:<${VISITOR}>`,
      `RCPT TO:<${await rewrittenSender()}>`,
    ]);
    expect(answers.at(-1)?.text).toMatch(/^550 5\.7\.1 .*takes notices about forwarded mail alone/);
  });

  it("that the MX itself makes reaches the first sender, signed", SLOW, async () => {
    const { source } = await forwarding([], `nobody@${randomUUID()}.outside.test`);
    const subject = await sendTo(source);
    const bounce = await arrival(VISITOR, subject);
    expect(bounce.sender).toBe("");
    expect(bounce.raw).toMatch(/^Action: failed/m);
    expect(bounce.results).toMatchObject({ spf: "pass", dkim: "pass", dmarc: "pass" });
  });

  it("to an address that we never made is refused before DATA", SLOW, async () => {
    const sender = await rewrittenSender();
    const forged = [
      sender.replace(/visitor@/i, "somebody@"),
      sender.replace(/=outside\.test=/i, "=club.test="),
      "SRS0=AAAA=AA=outside.test=visitor@srs.mailkeep.test",
      "anybody@srs.mailkeep.test",
    ];
    for (const address of forged) expect(await knock(address), address).toMatchObject([250, { code: 550 }, 554]);
    expect(await knock(sender)).toMatchObject([250, { code: 250 }, 354]);
  });
});

describe("PostSRSd", () => {
  it("dead: forwards wait, and leave rewritten afterwards; other mail goes on", SLOW, async () => {
    const { source, target } = await forwarding();
    const sender = await rewrittenSender();
    repair = await killContainer(on.stack, on.site.name, "postsrsd");
    const subject = await sendTo(source);
    await waiting(target);
    expect(await asked(sender)).toBe("later");
    expect(await asked("ann@home.test")).toBe("taken");
    expect(await arrived(target, subject)).toEqual([]);
    await repair();
    repair = undefined;
    await untilHealthy(on.stack);
    expect((await arrival(target, subject)).sender).toMatch(REWRITTEN);
    expect(await arrived(target, subject)).toHaveLength(1);
  });

  it("hung: its keeper ends it, and forwards leave rewritten", SLOW, async () => {
    const { source, target } = await forwarding();
    const sender = await rewrittenSender();
    await hang(on.stack, on.site.name, "postsrsd");
    const [answer, subject] = await Promise.all([asked(sender), sendTo(source)]);
    // By then its keeper may have put another in its place.
    expect(["later", "taken"]).toContain(answer);
    await untilHealthy(on.stack);
    expect((await arrival(target, subject)).sender).toMatch(REWRITTEN);
    expect(await arrived(target, subject)).toHaveLength(1);
    expect(await asked(sender)).toBe("taken");
  });
});

describe("a new secret", () => {
  it("signs from then on, and the one before is still believed", SLOW, async () => {
    const original = await readFile(stackFile(on.stack), "utf8");
    const before = await rewrittenSender();
    try {
      await editSettings(on.stack, (settings) => {
        settings["mailkeep:rotation"] = { srs: 2 };
      });
      await up();
      let after = before;
      await until(
        "the new secret signs",
        async () => {
          after = await rewrittenSender();
          return after !== before;
        },
        PATIENCE_MS,
      );
      const subject = mark();
      const from = "MAILER-DAEMON@outside.test";
      await sendFromOutside(on.stack, "", [before], message({ from, to: before, subject }));
      expect((await arrival(VISITOR, subject)).sender).toBe("");
      expect(await asked(after)).toBe("taken");
    } finally {
      await writeFile(stackFile(on.stack), original);
      await up();
    }
  });
});

async function up(): Promise<void> {
  const pulumi = await engine(["docker", "compose"]);
  const quiet = ["--yes", "--skip-preview", "--non-interactive"];
  await pulumi.ask(["up", "--stack", on.stack, ...quiet, "--policy-pack", "policy/network"]);
}

/** A new alias with one target elsewhere, besides those given. */
async function forwarding(
  besides: readonly string[] = [],
  target = `${randomUUID()}@outside.test`,
): Promise<{ source: string; target: string }> {
  const source = `${randomUUID()}@home.test`;
  const made = await directory.call("POST", "/aliases", { address: source, targets: [...besides, target] });
  expect(made.status).toBe(201);
  aliases.push(source);
  return { source, target };
}

/** Signed mail from outside, by the foreign server's queue. @returns its subject */
async function sendTo(address: string): Promise<string> {
  const subject = mark();
  await sendFromOutside(on.stack, VISITOR, [address], message({ from: VISITOR, to: address, subject }));
  return subject;
}

/** The sender that a forward of a visitor's mail has. */
async function rewrittenSender(): Promise<string> {
  const { source, target } = await forwarding();
  const { sender } = await arrival(target, await sendTo(source));
  expect(sender).toMatch(REWRITTEN);
  return sender;
}

async function arrived(recipient: string, subject: string): Promise<Received[]> {
  const all = await receivedOutside(on.stack);
  return all.filter((one) => one.recipient === recipient && one.raw.includes(subject));
}

/** Waits for a message at the foreign server. Each queue on its way is told to try again now, which stands for its wait. */
async function arrival(recipient: string, subject: string): Promise<Received> {
  const mx = await containerOf(on.stack, on.site.name, "mx");
  let found: Received | undefined;
  await until(
    `a message to ${recipient} with ${subject} has come`,
    async () => {
      [found] = await arrived(recipient, subject);
      if (found !== undefined) return true;
      await hurryOutside(on.stack);
      await docker("exec", mx, "postqueue", "-f");
      return false;
    },
    PATIENCE_MS,
  );
  if (found === undefined) throw new Error("unreachable: the wait ends with a message or throws");
  return found;
}

/** Waits until a message to somebody is in the MX's queue, and has been tried. */
async function waiting(recipient: string): Promise<void> {
  const mx = await containerOf(on.stack, on.site.name, "mx");
  await until(
    `a message to ${recipient} waits at the MX`,
    async () => {
      const entries = (await docker("exec", mx, "postqueue", "-j")).split("\n");
      return entries.some((entry) => entry.includes(recipient) && entry.includes("delay_reason"));
    },
    PATIENCE_MS,
  );
}

/** The answers to a bounce's MAIL and RCPT, and to DATA after them. */
async function knock(recipient: string): Promise<unknown[]> {
  const answers = await smtpFromOutside(on.stack, on.site.address, [
    "EHLO mail.outside.test",
    "MAIL FROM:<>",
    `RCPT TO:<${recipient}>`,
    "DATA",
  ]);
  const [, , mail, rcpt, data] = answers;
  return [mail?.code, rcpt, data?.code];
}

/** What the MX says to a bounce's recipient. */
async function asked(recipient: string): Promise<"taken" | "later" | "never" | "too late"> {
  const begin = performance.now();
  const [, , , rcpt] = await smtpFromOutside(on.stack, on.site.address, [
    "EHLO mail.outside.test",
    "MAIL FROM:<>",
    `RCPT TO:<${recipient}>`,
  ]);
  if (performance.now() - begin > ANSWER_MS) return "too late";
  const code = rcpt?.code ?? 0;
  return code === 250 ? "taken" : code >= 400 && code < 500 ? "later" : "never";
}

function unfolded(raw: string): string {
  return raw.replaceAll(/\r?\n[ \t]+/g, " ");
}
