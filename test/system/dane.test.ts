/** TLS on the way out: DANE (RFC 7672) where the far side has TLSA records, and what the settings demand of others. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { submit } from "../../tools/site/clients.ts";
import { behave, eventsFor, untilTaken } from "../support/fickle.ts";
import { withSettings } from "../support/settings.ts";
import { containerOf, docker, fixture, mark, until, type Fixture } from "../support/system.ts";

const PATIENCE_MS = 120_000;
const LONG = { timeout: 300_000 };
const SENDER = "ann@home.test";
let on: Fixture;

beforeAll(async () => {
  on = await fixture();
});

afterEach(() => behave(on.stack, {}));

describe("a far side with a TLSA record", () => {
  it("whose key it names gets mail, over a verified connection", LONG, async () => {
    const since = new Date().toISOString();
    const { subject } = await sendTo("dane.outside.test");
    expect(await untilTaken(on.stack, subject, PATIENCE_MS)).toMatchObject({ tls: true });
    const log = await docker("logs", "--since", since, await containerOf(on.stack, on.site.name, "submission"));
    expect(log).toContain("Verified TLS connection established to mail.dane.outside.test");
  });

  it("whose key it does not name gets nothing: the message waits", LONG, async () => {
    const { to } = await sendTo("dane-wrong.outside.test");
    await untilDeferred(to, /certificate not (verified|trusted)|verification failed/i);
    expect(await eventsFor(on.stack, to)).toEqual([]);
    // Nor without TLS, which somebody on the way may have taken away.
    await behave(on.stack, { startTls: false });
    await runQueue();
    await untilDeferred(to, /TLS is required, but was not offered/);
    expect(await eventsFor(on.stack, to)).toEqual([]);
    await forget(to);
  });

  it("that offers no TLS any more gets nothing until it does", LONG, async () => {
    await behave(on.stack, { startTls: false });
    const { to, subject } = await sendTo("dane.outside.test");
    await untilDeferred(to, /TLS is required, but was not offered/);
    expect(await eventsFor(on.stack, to)).toEqual([]);
    await behave(on.stack, {});
    await runQueue();
    expect(await untilTaken(on.stack, subject, PATIENCE_MS)).toMatchObject({ tls: true });
  });
});

describe("a far side without a TLSA record", () => {
  it("gets mail as it can: encrypted, or in plain text", LONG, async () => {
    const encrypted = await sendTo("fickle.outside.test");
    expect(await untilTaken(on.stack, encrypted.subject, PATIENCE_MS)).toMatchObject({ tls: true });
    await behave(on.stack, { startTls: false });
    const plain = await sendTo("fickle.outside.test");
    expect(await untilTaken(on.stack, plain.subject, PATIENCE_MS)).toMatchObject({ tls: false });
  });
});

describe("TLS that the settings require", () => {
  let restore: () => Promise<void>;

  beforeAll(async () => {
    const exempt = [{ domain: "xn--bcher-kva.outside.test", tls: "opportunistic" }];
    restore = await withSettings(on.stack, { outboundTls: { default: "required", destinations: exempt } });
  });

  afterAll(() => restore());

  it("is required of every destination but those exempted", LONG, async () => {
    await behave(on.stack, { startTls: false });
    const waits = await sendTo("fickle.outside.test");
    const exempt = await sendTo("xn--bcher-kva.outside.test");
    await untilDeferred(waits.to, /TLS is required, but was not offered/);
    expect(await untilTaken(on.stack, exempt.subject, PATIENCE_MS)).toMatchObject({ tls: false });
    expect(await eventsFor(on.stack, waits.to)).toEqual([]);
    await behave(on.stack, {});
    await runQueue();
    expect(await untilTaken(on.stack, waits.subject, PATIENCE_MS)).toMatchObject({ tls: true });
  });
});

/** Sends a message to a recipient that no other test has. */
async function sendTo(domain: string): Promise<{ readonly to: string; readonly subject: string }> {
  const subject = mark();
  const to = `${subject}@${domain}`;
  await submit(on.access, 465, on.user(SENDER), { from: SENDER, to: [to], subject, text: "Hello." });
  return { to, subject };
}

function inSubmission(...command: readonly string[]): Promise<string> {
  return containerOf(on.stack, on.site.name, "submission").then((container) => docker("exec", container, ...command));
}

/** Waits until a recipient's message lies in the deferred queue for a reason. */
function untilDeferred(recipient: string, reason: RegExp): Promise<number> {
  return until(
    `mail to ${recipient} waits: ${String(reason)}`,
    async () => {
      const lines = (await inSubmission("postqueue", "-j")).split("\n");
      return lines.some((line) => line.includes(recipient) && reason.test(line));
    },
    PATIENCE_MS,
  );
}

async function runQueue(): Promise<void> {
  await inSubmission("postqueue", "-f");
}

/** Takes a message out of the queue that will never get through. */
async function forget(recipient: string): Promise<void> {
  const lines = (await inSubmission("postqueue", "-j")).split("\n");
  const id = lines.map((line) => (line.includes(recipient) ? /"queue_id": "(\w+)"/.exec(line)?.[1] : undefined));
  for (const one of id.filter((found) => found !== undefined)) await inSubmission("postsuper", "-d", one);
}
