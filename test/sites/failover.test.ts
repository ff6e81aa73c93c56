/** One site cannot send, or cannot reach the mailboxes: the others do it, or mail waits. */
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { submit, waitForMail } from "../../tools/site/clients.ts";
import { waitOutside } from "../../tools/site/outside.ts";
import { killContainer } from "../support/faults.ts";
import { damageBetween, metric, sitesFixture, type SitesFixture } from "../support/sites.ts";
import { smtpFromOutside } from "../support/smtp.ts";
import { containerOf, docker, mark, message, until, untilHealthy } from "../support/system.ts";
import { transaction } from "../support/transaction.ts";

const PATIENCE_MS = 120_000;
const VISITOR = "visitor@outside.test";
let on: SitesFixture;
/** What a test has broken, and mends even when it fails. */
let mends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  on = await sitesFixture();
  await untilHealthy(on.stack);
});

afterEach(async () => {
  for (const mend of mends) await mend();
  mends = [];
  await untilHealthy(on.stack, PATIENCE_MS);
});

/** How long a user may be told to try again, until the edge knows that its own Postfix cannot send. */
const NOTICED_MS = 30_000;

describe("a site that cannot send", { timeout: 400_000 }, () => {
  it.each([
    ["filter", "rspamd"],
    ["filter's memory", "valkey"],
    ["resolver", "unbound"],
    ["signer", "opendkim"],
    ["second signer", "opendkim-ed25519"],
    ["directory", "couchmail"],
  ])(
    "for it lost its %s (%s) does so through another, which sees where its users are, and is used again afterwards",
    async (_, workload) => {
      const ben = on.user("ben@home.test");
      const access = await on.access("bravo");
      const send = async (subject: string) => {
        const mail = { from: ben.address, to: ["friend@v4.outside.test"], subject, text: "Hello." };
        await submit(access, 465, ben, mail);
        return (await waitOutside(on.stack, subject, PATIENCE_MS)).client;
      };
      // What was tried before may have left it out, and healthy daemons are in rotation a few seconds later.
      await until("bravo is in its own rotation", () => ready("bravo"), PATIENCE_MS);
      expect(await send(mark())).toBe(on.site("bravo").address);

      mends.push(await killContainer(on.stack, "bravo", workload));
      const unheard = await until("a user's mail is taken again", () => send(mark()).then(() => true), PATIENCE_MS);
      process.stderr.write(
        `bravo without its ${workload}: its users' mail is taken again after ${(unheard / 1000).toFixed(1)} s\n`,
      );
      expect(unheard).toBeLessThan(NOTICED_MS);
      await until("bravo is out of its own rotation", async () => !(await ready("bravo")), PATIENCE_MS);
      const since = new Date().toISOString();
      // Whatever was asked before: from now on no user hears of it.
      const addresses = [await send(mark()), await send(mark())];
      for (const address of addresses)
        expect(["alpha", "charlie"].map((site) => on.site(site).address)).toContain(address);
      const server = addresses[0] === on.site("alpha").address ? "alpha" : "charlie";
      const log = await docker("logs", "--since", since, await containerOf(on.stack, server, "submission"));
      // The client, as the other site's Postfix wrote it down, is the user's machine: the gateway of the network.
      expect(log).toMatch(/client=\S*\[198\.51\.100\.1\], sasl_method=\S+, sasl_username=ben@home\.test/);

      for (const mend of mends.splice(0)) await mend();
      await until("bravo is in rotation again", () => ready("bravo"), PATIENCE_MS);
      await until("bravo sends by itself", async () => (await send(mark())) === on.site("bravo").address, PATIENCE_MS);
    },
  );
});

describe("a site that lost its way to the mailboxes", () => {
  it("takes mail in, says so in its figures, and delivers it when the way is back", async () => {
    const ann = on.user("ann@home.test");
    mends.push(await damageBetween(on.stack, on.site("alpha"), on.site("bravo"), { kind: "drop" }));
    await until("bravo's edge has noticed", async () => (await linkUp("bravo", "alpha")) === 0, PATIENCE_MS);
    const subject = mark();
    const answers = await smtpFromOutside(on.stack, on.site("bravo").address, [
      ...transaction({ from: VISITOR, to: ann.address, text: message({ from: VISITOR, to: ann.address, subject }) }),
      "QUIT",
    ]);
    expect(answers.at(-2)?.code).toBe(250);
    await until("it waits in bravo's queue", async () => (await queued("bravo")) > 0, PATIENCE_MS);

    for (const mend of mends.splice(0)) await mend();
    await until("the link is up", async () => (await linkUp("bravo", "alpha")) === 1, PATIENCE_MS);
    await waitForMail(await on.access("alpha"), ann, subject, PATIENCE_MS);
    await until("bravo's queue is empty", async () => (await queued("bravo")) === 0, PATIENCE_MS);
  });
});

/** Whether the edge of a site gives its own Postfix the submissions: a few seconds after the keeper knows. */
async function ready(site: string): Promise<boolean> {
  const name = `haproxy_server_status{proxy="submissions",server="${site}",state="UP"}`;
  return (await metric(on.stack, site, "edge", "http://127.0.0.1:8405/metrics", name)) === 1;
}

function queued(site: string): Promise<number> {
  return metric(on.stack, site, "mx", "http://127.0.0.1:9102/metrics", "postfix_queue_messages");
}

/** Whether the edge of a site has a way to the mailboxes of another. */
function linkUp(site: string, other: string): Promise<number> {
  const name = `haproxy_server_status{proxy="link-${other}-lmtp",server="${other}",state="UP"}`;
  return metric(on.stack, site, "edge", "http://127.0.0.1:8405/metrics", name);
}
