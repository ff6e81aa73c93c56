/**
 * The ways out of one of three sites, tried in order: a relay, another site, and its own address. Each in turn is taken away, and
 * what the far side sees is where the mail really came from.
 */
import { readFile, writeFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { stackFile } from "../../tools/paths.ts";
import { submit } from "../../tools/site/clients.ts";
import { receivedOutside, type Received } from "../../tools/site/outside.ts";
import { engine } from "../../tools/stack/pulumi.ts";
import { stackSettings } from "../../tools/stack/settings.ts";
import { editSettings, listIn } from "../support/changes.ts";
import { bringUpWell } from "../support/command-line.ts";
import { behave, untilTaken } from "../support/fickle.ts";
import { linkDialogue } from "../support/link-client.ts";
import { linkCredentials, type LinkCredentials } from "../support/link-credentials.ts";
import { spfOf } from "../support/resolver.ts";
import { damageBetween, sitesFixture, type SitesFixture } from "../support/sites.ts";
import { smtpFromOutside } from "../support/smtp.ts";
import { containerOf, docker, dockerWithInput, mark, message, until, untilHealthy } from "../support/system.ts";
import { transaction } from "../support/transaction.ts";

const PATIENCE_MS = 120_000;
/** Several messages one after the other, each of which may have to wait. */
const SLOW = { timeout: 500_000 };
const VISITOR = "visitor@outside.test";
/** Of a domain that is reached by IPv4 alone, so that one address is expected. */
const FRIEND = "friend@v4.outside.test";
/** Of one that is reached by IPv6 alone. */
const FRIEND_V6 = "friend@v6.outside.test";
/** Bravo passes its mail on to the friend. */
const FORWARDED = "faraway@home.test";
/** The relay, which is the world's `fickle`. */
const RELAY_ADDRESS = "198.51.100.5";
/** With what a table could trip over. */
const PASSWORD = "#1: a pass$word, {or} two";
const REWRITTEN = /^SRS0=.*=outside\.test=visitor@srs\.mailkeep\.test$/i;

let on: SitesFixture;
let original: string;
let known: LinkCredentials;
const mends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  on = await sitesFixture();
  original = await readFile(stackFile(on.stack), "utf8");
  await editSettings(on.stack, (settings) => {
    settings["mailkeep:relays"] = [
      {
        name: "smart",
        host: "mail.fickle.outside.test",
        port: 25,
        tls: "required",
        user: "mailkeep",
        senders: { addresses: [RELAY_ADDRESS] },
      },
    ];
    settings["mailkeep:relayPasswords"] = { smart: PASSWORD };
    settings["mailkeep:sites"] = listIn(settings, "mailkeep:sites").map((site) =>
      typeof site === "object" && site !== null && "name" in site && site.name === "bravo"
        ? { ...site, egress: [{ relay: "smart" }, { via: "alpha" }, "direct"] }
        : site,
    );
    listIn(settings, "mailkeep:aliases").push({ address: FORWARDED, targets: [FRIEND] });
  });
  await up();
  known = await linkCredentials(on.stack, await engine(["docker", "compose"]), await stackSettings(on.stack));
});

afterEach(async () => {
  for (const mend of mends.splice(0)) await mend();
  await untilHealthy(on.stack, PATIENCE_MS);
});

afterAll(async () => {
  await writeFile(stackFile(on.stack), original);
  await up();
});

describe("SPF", () => {
  it("has the relay and all sites for the domains, and for each site's own name its own addresses", async () => {
    const all = ["alpha", "bravo", "charlie"].flatMap((site) => termsOf(site));
    expect((await spf("home.test")).split(" ")).toEqual(["v=spf1", ...all, `ip4:${RELAY_ADDRESS}`, "-all"]);
    expect((await spf(on.site("bravo").hostname)).split(" ")).toEqual(["v=spf1", ...termsOf("bravo"), "-all"]);
  });
});

describe("mail of bravo", SLOW, () => {
  it("leaves by its first way, the relay, with a login", async () => {
    const [submitted, forwarded] = [await userMail(), await forward()];
    for (const text of [submitted, forwarded]) {
      const { client, tls, login } = await untilTaken(on.stack, text, PATIENCE_MS);
      expect([on.site("bravo").address, on.site("bravo").address6]).toContain(client);
      expect({ tls, login }).toEqual({ tls: true, login: `mailkeep:${PASSWORD}` });
    }
    const all = await receivedOutside(on.stack);
    expect(all.filter(({ raw }) => raw.includes(submitted) || raw.includes(forwarded))).toEqual([]);
  });

  it("leaves by alpha, its second way, while the relay is dead: users', forwards and bounces", async () => {
    await relayIsDead();
    const submitted = await arrived(await userMail());
    const forwarded = await arrived(await forward());
    const bounce = await arrived(await notice());
    for (const { client, helo, results } of [submitted, forwarded, bounce]) {
      expect(client).toBe(on.site("alpha").address);
      expect(helo).toBe(on.site("alpha").hostname);
      expect(results).toMatchObject({ spf: "pass" });
    }
    for (const { results } of [submitted, bounce]) expect(results).toMatchObject({ dkim: "pass", dmarc: "pass" });
    // The message was not signed by its sender: the seal vouches for it.
    expect(forwarded.results).toMatchObject({ arc: "pass" });
    expect(forwarded.sender).toMatch(REWRITTEN);
  });

  it("leaves by alpha over IPv6 too, from addresses that the SPF record names", async () => {
    await relayIsDead();
    const ben = on.user("ben@home.test");
    const subject = mark();
    await submit(await on.access("bravo"), 465, ben, { from: ben.address, to: [FRIEND_V6], subject, text: "Hello." });
    const { client, results } = await arrived(subject);
    expect(client).toBe(on.site("alpha").address6);
    expect(results).toMatchObject({ spf: "pass", dkim: "pass", dmarc: "pass" });
  });

  it("that was forwarded comes back as a bounce through any MX, to the first sender", async () => {
    await relayIsDead();
    const { sender } = await arrived(await forward());
    expect(sender).toMatch(REWRITTEN);
    const outside = await containerOf(on.stack, "world", "outside");
    for (const site of ["alpha", "bravo", "charlie"]) {
      const subject = mark();
      const bounced = message({ from: "MAILER-DAEMON@outside.test", to: sender, subject });
      const address = on.site(site).address;
      await dockerWithInput(bounced, "exec", "--interactive", outside, "send-signed", "--to", address, "", sender);
      const bounce = await arrived(subject);
      expect({ recipient: bounce.recipient, sender: bounce.sender }, site).toEqual({ recipient: VISITOR, sender: "" });
    }
  });

  it("leaves by itself, its last way, while the relay is dead and the link to alpha is cut", async () => {
    await relayIsDead();
    mends.push(await damageBetween(on.stack, on.site("alpha"), on.site("bravo"), { kind: "drop" }));
    const submitted = await arrived(await userMail());
    const forwarded = await arrived(await forward());
    for (const { client, helo, results } of [submitted, forwarded]) {
      expect(client).toBe(on.site("bravo").address);
      expect(helo).toBe(on.site("bravo").hostname);
      expect(results).toMatchObject({ spf: "pass" });
    }
    expect(submitted.results).toMatchObject({ dkim: "pass", dmarc: "pass" });
    expect(forwarded.results).toMatchObject({ arc: "pass" });
    expect(forwarded.sender).toMatch(REWRITTEN);
  });
});

describe("alpha sends on for bravo", () => {
  const relayed = ["EHLO there", `MAIL FROM:<${VISITOR}>`, `RCPT TO:<${FRIEND}>`];

  it.each(["egress-mx", "egress-submission"])(
    "by the service %s, which takes its address at the word",
    async (service) => {
      const answers = await talk(service, "bravo", on.site("bravo").address, relayed);
      expect(answers.map((line) => line.slice(0, 3))).toEqual(["220", "250", "250", "250"]);
    },
  );

  it("and for no client that bravo may stand for", async () => {
    const answers = await talk("egress-mx", "bravo", "198.51.100.4", relayed);
    expect(answers.at(-1)).toMatch(/^554 /);
  });

  it("and for no other site", async () => {
    expect(await talk("egress-mx", "charlie", on.site("charlie").address, relayed)).toEqual([]);
    expect(await talk("lmtp", "charlie", undefined, [])).toEqual([expect.stringMatching(/^220 /)]);
  });

  it("and not on any address of the world", async () => {
    const outside = await containerOf(on.stack, "world", "outside");
    for (const port of [10026, 10588, 11027, 11028, 10600])
      await expect(
        docker("exec", outside, "python3", "-c", CONNECT, on.site("alpha").address, String(port)),
      ).rejects.toThrow(/ConnectionRefusedError/);
  });
});

const CONNECT = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=20)";

async function relayIsDead(): Promise<void> {
  await behave(on.stack, { listening: false });
  mends.push(() => behave(on.stack, {}));
}

/** A user's message to the friend, handed in at bravo. */
async function userMail(): Promise<string> {
  const subject = mark();
  const ben = on.user("ben@home.test");
  await submit(await on.access("bravo"), 465, ben, { from: ben.address, to: [FRIEND], subject, text: "Hello." });
  return subject;
}

/** A message without a sender, as a bounce is, from bravo's MX itself. */
async function notice(): Promise<string> {
  const subject = mark();
  const mx = await containerOf(on.stack, "bravo", "mx");
  const text = `From: postmaster@home.test\nTo: ${FRIEND}\nSubject: ${subject}\n\nA notice.\n`;
  await dockerWithInput(text, "exec", "--interactive", mx, "sendmail", "-f", "", FRIEND);
  return subject;
}

/** A foreign server's message to the alias that bravo passes on. */
async function forward(): Promise<string> {
  const subject = mark();
  const answers = await smtpFromOutside(on.stack, on.site("bravo").address, [
    ...transaction({ from: VISITOR, to: FORWARDED, text: message({ from: VISITOR, to: FORWARDED, subject }) }),
    "QUIT",
  ]);
  expect(answers.map(({ code }) => code)).toEqual([220, 250, 250, 250, 354, 250, 221]);
  return subject;
}

/** Waits for a message at the foreign server; the queues on its way are told to try again now, which stands for their waits. */
async function arrived(text: string): Promise<Received> {
  const queues = await Promise.all(
    ["alpha", "bravo", "charlie"].flatMap((site) =>
      ["mx", "submission"].map((role) => containerOf(on.stack, site, role)),
    ),
  );
  let found: Received | undefined;
  await until(
    `a message with ${text} has come`,
    async () => {
      found = (await receivedOutside(on.stack)).find(({ raw }) => raw.includes(text));
      if (found !== undefined) return true;
      for (const queue of queues) await docker("exec", queue, "postqueue", "-f");
      return false;
    },
    PATIENCE_MS,
  );
  if (found === undefined) throw new Error("unreachable: the wait ends with a message or throws");
  return found;
}

/** Says lines to a service of alpha's end of the link, as a site that speaks for a client. @returns the last line of each answer */
function talk(service: string, site: string, client: string | undefined, lines: readonly string[]): Promise<string[]> {
  const { cert, key } = known.end(site);
  const options = { ca: known.authority.cert, cert, key };
  return linkDialogue(on.site("alpha"), service, options, { client, lines });
}

const termsOf = (site: string): string[] => [`ip4:${on.site(site).address}`, `ip6:${on.site(site).address6 ?? ""}`];

const spf = (name: string): Promise<string> => spfOf(on.report.dns, name);

async function up(): Promise<void> {
  await bringUpWell(on.stack);
  await untilHealthy(on.stack, PATIENCE_MS);
}
