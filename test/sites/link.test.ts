/** The link: who is let in, who is not, and what passes. */
import type { ConnectionOptions } from "node:tls";
import { beforeAll, describe, expect, it } from "vitest";
import { PORT } from "../../components/plan/ports.ts";
import { INTERNET } from "../../components/world/addresses.ts";
import { findMail, withImap, type Account } from "../../tools/site/clients.ts";
import { flushQueues, waitingAt } from "../../tools/site/queues.ts";
import { engine } from "../../tools/stack/pulumi.ts";
import { stackSettings } from "../../tools/stack/settings.ts";
import { reloadEdge } from "../support/faults.ts";
import { impostor, type Impostor } from "../support/impostor.ts";
import { linkGreeting } from "../support/link-client.ts";
import {
  linkCredentials,
  makeCredentials,
  type Credentials,
  type LinkCredentials,
} from "../support/link-credentials.ts";
import { sitesFixture, type SitesFixture } from "../support/sites.ts";
import { smtpFromOutside } from "../support/smtp.ts";
import { mark, message, processesOf, until } from "../support/system.ts";
import { transaction } from "../support/transaction.ts";

const PATIENCE_MS = 60_000;
let on: SitesFixture;
let known: LinkCredentials;

beforeAll(async () => {
  on = await sitesFixture();
  known = await linkCredentials(on.stack, await engine(["docker", "compose"]), await stackSettings(on.stack));
});

function greeting(service: string, options: ConnectionOptions): Promise<string> {
  return linkGreeting(on.site("alpha"), service, { ca: known.authority.cert, ...options });
}

const client = ({ cert, key }: Credentials): ConnectionOptions => ({ cert, key });

describe("alpha's end of the link", () => {
  it("lets the other sites in, to delivery", async () => {
    for (const site of ["bravo", "charlie"])
      expect(await greeting("lmtp", client(known.end(site)))).toMatch(/^said: 220 /);
  });

  it("tells nothing to a client without a certificate", async () => {
    expect(await greeting("lmtp", {})).toMatch(/^ended/);
  });

  it("tells nothing to one that vouches for itself, under a site's name", async () => {
    const stranger = await makeCredentials({ commonName: on.site("bravo").hostname });
    expect(await greeting("lmtp", client(stranger))).toMatch(/^ended/);
  });

  it("tells nothing to a site's certificate for the world, which the other private authority signed", async () => {
    expect(await greeting("lmtp", client(known.named("site/bravo")))).toMatch(/^ended/);
  });

  it("tells nothing to a site that has left, or that is not there yet", async () => {
    const delta = await makeCredentials({ commonName: "delta.mailkeep.test", authority: known.authority });
    expect(await greeting("lmtp", client(delta))).toMatch(/^ended/);
  });

  it("tells nothing to itself: its own name is none of the others'", async () => {
    expect(await greeting("lmtp", client(known.end("alpha")))).toMatch(/^ended/);
  });

  it("tells nothing to an expired certificate, and believes the same one while it is good", async () => {
    const bravo = { commonName: on.site("bravo").hostname, authority: known.authority };
    expect(await greeting("lmtp", client(await makeCredentials({ ...bravo, untilDays: -1 })))).toMatch(/^ended/);
    expect(await greeting("lmtp", client(await makeCredentials(bravo)))).toMatch(/^said: 220 /);
  });

  it("speaks TLS 1.3 alone", async () => {
    const older = { ...client(known.end("bravo")), maxVersion: "TLSv1.2" as const };
    expect(await greeting("lmtp", older)).toMatch(/^ended/);
  });

  it("answers for the link's services alone", async () => {
    const bravo = client(known.end("bravo"));
    for (const service of ["smtp", "directory", "elsewhere"]) expect(await greeting(service, bravo)).toMatch(/^ended/);
  });
});

describe("bravo's end of the link", () => {
  it("gives no mail to a server with another site's certificate; it waits, and is delivered when the right one is back", async () => {
    const place = { stack: on.stack, from: "bravo", to: on.site("alpha"), port: PORT.link, gateway: INTERNET.gateway };
    const ann = on.user("ann@home.test");
    const subject = mark();
    // What bravo would believe, so that it is seen to be asked at all.
    const honest = await impostor(place, known.end("alpha"), known.authority);
    try {
      await until("bravo believes a server with alpha's own certificate", believes(honest), PATIENCE_MS);
    } finally {
      await honest.leave();
    }
    const wrong = await impostor(place, known.end("charlie"), known.authority);
    try {
      await until("bravo asks the wrong server", () => Promise.resolve(wrong.begun() > 2), PATIENCE_MS);
      expect(await sendTo("bravo", ann.address, subject)).toBe(250);
      const waits = async (): Promise<boolean> =>
        (await waitingAt(on.stack, "bravo", ["mx"])).some(
          ({ recipients, reason }) => recipients.includes(ann.address) && reason !== "",
        );
      await until("the message waits at bravo after a try", waits, PATIENCE_MS);
      expect(await findMail(await on.access("alpha"), ann, subject)).toEqual([]);
      expect(wrong.believed()).toBe(0);
    } finally {
      await wrong.leave();
    }
    await until(
      "the message is delivered by the right server",
      async () => {
        await flushQueues(on.stack, "bravo", ["mx"]);
        return (await findMail(await on.access("alpha"), ann, subject)).length === 1;
      },
      PATIENCE_MS,
    );
    await until("mailboxes are reached from bravo again", () => reads("bravo", ann), PATIENCE_MS);
  }, 300_000);
});

async function reads(site: string, user: Account): Promise<boolean> {
  await withImap(await on.access(site), user, (imap) => imap.noop());
  return true;
}

function believes(server: Impostor): () => Promise<boolean> {
  return () => Promise.resolve(server.believed() > 0);
}

/** @returns the answer to the message itself */
async function sendTo(site: string, to: string, subject: string): Promise<number | undefined> {
  const from = "visitor@outside.test";
  const lines = transaction({ from, to, text: message({ from, to, subject }) });
  const answers = await smtpFromOutside(on.stack, on.site(site).address, lines);
  return answers.at(-1)?.code;
}

it("a reload of both ends drops no session that runs over the link", async () => {
  const ann = on.user("ann@home.test");
  await withImap(await on.access("bravo"), ann, async (imap) => {
    await imap.mailboxOpen("INBOX");
    for (const site of ["alpha", "bravo"]) {
      const before = await workers(site);
      await reloadEdge(on.stack, site);
      await until(
        "new workers have taken over",
        async () => (await workers(site)).some((pid) => !before.includes(pid)),
        PATIENCE_MS,
      );
    }
    await imap.noop();
    expect(await imap.status("INBOX", { messages: true })).toMatchObject({ path: "INBOX" });
  });
  // And new ones go through the new processes.
  await withImap(await on.access("bravo"), ann, async (imap) => {
    await imap.noop();
  });
});

async function workers(site: string): Promise<readonly number[]> {
  const all = await processesOf(on.stack, site, "edge");
  return all.filter(({ command }) => command.startsWith("haproxy")).map(({ pid }) => pid);
}
