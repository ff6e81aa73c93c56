/**
 * Two signatures on every message that leaves, each verified by itself at the far side; and one signer that is down is as
 * bad as both: the message waits.
 */
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { submit } from "../../tools/site/clients.ts";
import { hurryOutside, receivedOutside, sendFromOutside, type Received } from "../../tools/site/outside.ts";
import { stackSettings } from "../../tools/stack/settings.ts";
import { hang, killContainer } from "../support/faults.ts";
import { rest, type Rest } from "../support/rest.ts";
import { submitRaw } from "../support/submit-raw.ts";
import { signaturesOf } from "../support/signatures.ts";
import {
  containerOf,
  docker,
  Final,
  fixture,
  mark,
  message,
  until,
  untilHealthy,
  type Fixture,
} from "../support/system.ts";

const VISITOR = "visitor@outside.test";
const DOMAIN = "home.test";
const PATIENCE_MS = 150_000;
/** Several waits one after the other, on a machine that may have much else to do. */
const SLOW = { timeout: 480_000 };

let on: Fixture;
let directory: Rest;
let repair: (() => Promise<void>) | undefined;
const aliases: string[] = [];

beforeAll(async () => {
  on = await fixture();
  directory = await rest(on.stack);
  await untilHealthy(on.stack);
});

afterEach(async () => {
  await repair?.();
  repair = undefined;
  await untilHealthy(on.stack);
});

afterAll(async () => {
  for (const address of aliases) await directory.call("DELETE", `/aliases/${address}`);
});

describe("a message that leaves", () => {
  it("of a user has two signatures, the RSA one on top", SLOW, async () => {
    const subject = await submitPatiently();
    expect(await signaturesOf(on.stack, await arrival(subject))).toEqual(await expected());
  });

  it("has them good over a line that is longer than lines may be", SLOW, async () => {
    const subject = mark();
    const ann = on.user("ann@home.test");
    const text = "word ".repeat(600);
    const to = "friend@outside.test";
    const fields = `From: ${ann.address}\r\nTo: ${to}\r\nSubject: ${subject}\r\n`;
    expect(await submitRaw(on.access, ann, to, `${fields}\r\n${text}`)).toMatch(/^250 /);
    const letter = await arrival(subject);
    expect(letter.raw).toContain(text.trimEnd());
    expect(await signaturesOf(on.stack, letter)).toEqual(await expected());
  });

  it("of the site itself, such as a bounce, has both as well", SLOW, async () => {
    const source = `${randomUUID()}@${DOMAIN}`;
    const target = `nobody@${randomUUID()}.outside.test`;
    expect((await directory.call("POST", "/aliases", { address: source, targets: [target] })).status).toBe(201);
    aliases.push(source);
    const subject = mark();
    await sendFromOutside(on.stack, VISITOR, [source], message({ from: VISITOR, to: source, subject }));
    const bounce = await arrival(subject, ({ sender, raw }) => sender === "" && /^Action: failed/m.test(raw));
    expect(await signaturesOf(on.stack, bounce)).toEqual(await expected());
  });
});

describe.each(["opendkim", "opendkim-ed25519"])("with the signer %s", (signer) => {
  it("dead, a message waits until both have signed it", SLOW, async () => {
    repair = await killContainer(on.stack, on.site.name, signer);
    expect(await submitOnce(mark())).not.toBe("taken");
    const waiting = submitPatiently();
    // It is looked at once the signer is back; until then its failure waits.
    waiting.catch(() => undefined);
    await repair();
    repair = undefined;
    expect(await signaturesOf(on.stack, await arrival(await waiting))).toEqual(await expected());
  });

  it("hung, a message waits until both have signed it", SLOW, async () => {
    await hang(on.stack, on.site.name, signer);
    expect(await signaturesOf(on.stack, await arrival(await submitPatiently()))).toEqual(await expected());
  });
});

/** One signature of each kind by the domain's selectors as they are now. */
async function expected(): Promise<readonly object[]> {
  const found = (await stackSettings(on.stack)).domains.find(({ name }) => name === DOMAIN);
  if (found === undefined) throw new Error(`the stack has no domain ${DOMAIN}`);
  const { dkimSelector, ed25519Selector } = found;
  const common = { domain: DOMAIN, verified: true };
  return [
    { ...common, algorithm: "rsa-sha256", selector: dkimSelector },
    { ...common, algorithm: "ed25519-sha256", selector: ed25519Selector },
  ];
}

/** @returns "taken", or what the submission server said instead. @throws Final when it refused for good */
async function submitOnce(subject: string): Promise<string> {
  const ann = on.user(`ann@${DOMAIN}`);
  const letter = { from: ann.address, to: [VISITOR], subject, text: "Hello." };
  const outcome = await submit(on.access, 465, ann, letter).then(() => "taken", String);
  if (/\b5\d\d \d/.test(outcome)) throw new Final(`a message was refused for good: ${outcome}`);
  return outcome;
}

async function submitPatiently(): Promise<string> {
  const subject = mark();
  await until("a message is taken", async () => (await submitOnce(subject)) === "taken", PATIENCE_MS);
  return subject;
}

/** The one message with some words in it. */
async function arrival(words: string, is: (mail: Received) => boolean = () => true): Promise<Received> {
  let found: readonly Received[] = [];
  await until(
    `a message with ${words} has come`,
    async () => {
      found = (await receivedOutside(on.stack)).filter((mail) => mail.raw.includes(words) && is(mail));
      if (found.length > 0) return true;
      await hurryOutside(on.stack);
      for (const workload of ["mx", "submission"])
        await docker("exec", await containerOf(on.stack, on.site.name, workload), "postqueue", "-f");
      return false;
    },
    PATIENCE_MS,
  );
  const [mail] = found;
  if (mail === undefined) throw new Error("unreachable: the wait ends with a message or throws");
  return mail;
}
