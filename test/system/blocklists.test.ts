/** DNS blocklists at the MX: who is listed is refused, and nobody else, whatever the list does. */
import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BlocklistSubject } from "../../components/mail/postfix/blocklists.ts";
import { blocklistNames, CLIENT, LIST_KEY } from "../../components/world/blocklists.ts";
import { stackFile } from "../../tools/paths.ts";
import { editSettings, listIn } from "../support/changes.ts";
import { bringUpWell } from "../support/command-line.ts";
import { smtpFromAddress, type Answer } from "../support/smtp.ts";
import { containerOf, docker, fixture, until, untilHealthy, type Fixture } from "../support/system.ts";

const LIST = blocklistNames("outside.test");
const VISITOR = "visitor@outside.test";
/** What a list that does not answer may cost, on a machine that is busy. */
const SILENCE_MS = 10_000;
let on: Fixture;

beforeAll(async () => {
  on = await fixture();
});

describe("a client's address", () => {
  it.each(["v4", "v6"] as const)("that is listed is refused, and told by whom (%s)", async (family) => {
    const { code, text } = await attempt(CLIENT.listed, { family });
    expect(code).toBe(554);
    // The list was asked for the client's own address, which comes through the edge with the PROXY protocol.
    expect(text).toContain(`[${CLIENT.listed[family]}] blocked using ${LIST.clients}`);
    expect(text).toContain("Listed for tests");
  });

  it("that is not listed is let in", async () => {
    expect((await attempt(CLIENT.unlisted)).code).toBe(250);
  });

  it("that is listed still reaches the postmaster, to ask why", async () => {
    expect((await attempt(CLIENT.listed, { recipient: "postmaster@home.test" })).code).toBe(250);
    expect((await attempt(CLIENT.listed, { recipient: "abuse@club.test" })).code).toBe(250);
    expect((await attempt(CLIENT.listed, { recipient: "postmaster@elsewhere.test" })).code).toBe(554);
  });

  it("for which the list has no verdict is let in, with a line in the log", async () => {
    expect((await attempt(CLIENT.withoutVerdict)).code).toBe(250);
    const mx = await containerOf(on.stack, on.site.name, "mx");
    await until(
      "the log says so",
      async () =>
        (await docker("logs", mx))
          .split("\n")
          .some((line) => line.includes("reject_warning: ") && line.includes(`[${CLIENT.withoutVerdict.v4}]`)),
      20_000,
    );
  });
});

describe("a domain that is listed", () => {
  it("is refused as the sender's", async () => {
    const { code, text } = await attempt(CLIENT.unlisted, { sender: `offers@${LIST.listedDomain}` });
    expect(code).toBe(554);
    expect(text).toContain(`blocked using ${LIST.names}`);
  });

  it("is refused in the HELO name", async () => {
    const { code, text } = await attempt(CLIENT.unlisted, { helo: LIST.listedDomain });
    expect(code).toBe(554);
    expect(text).toContain(`blocked using ${LIST.names}`);
  });

  it("is refused in the client's reverse name", async () => {
    const { code, text } = await attempt(CLIENT.named);
    expect(code).toBe(554);
    expect(text).toContain(`blocked using ${LIST.names}`);
  });
});

describe("a list with a key", () => {
  const zones = [LIST.keyed, LIST.silent];
  alsoAsking(zones, ["client"], Object.fromEntries(zones.map((zone) => [zone, LIST_KEY])));

  it("is asked with it, and shows it neither to who is refused nor in a log, also where it does not answer", async () => {
    // A reload lets Postfix's present processes serve their last client.
    const refused = async () => (await attempt(CLIENT.unlisted)).code === 554;
    await until("the list is asked", refused, 60_000);
    const { code, text } = await attempt(CLIENT.unlisted);
    expect(code).toBe(554);
    expect(text).toContain(`[${CLIENT.unlisted.v4}] is listed`);
    // Asks the silent one as well.
    expect((await attempt(CLIENT.withoutVerdict)).code).toBe(250);
    const logs = await Promise.all(
      ["mx", "unbound"].map(async (name) => docker("logs", await containerOf(on.stack, on.site.name, name))),
    );
    for (const shown of [text, ...logs]) expect(shown).not.toContain(LIST_KEY);
  });
});

describe("a list whose name server is dead", () => {
  alsoAsking([LIST.silent], ["client", "sender", "helo", "reverseName"]);

  it("refuses nobody, and costs a few seconds at most", async () => {
    const mx = await containerOf(on.stack, on.site.name, "mx");
    const attempts: { code: number; ms: number }[] = [];
    // A reload lets Postfix's present processes serve their last client.
    await until(
      "the list is asked",
      async () => {
        const begin = performance.now();
        const { code } = await attempt(CLIENT.unlisted);
        attempts.push({ code, ms: performance.now() - begin });
        return (await docker("logs", mx)).includes(`${LIST.silent}: RBL lookup error`);
      },
      60_000,
    );
    expect(attempts.filter(({ code }) => code !== 250)).toEqual([]);
    expect(attempts.filter(({ ms }) => ms >= SILENCE_MS)).toEqual([]);
  });

  it("does not keep the others from refusing", async () => {
    expect((await attempt(CLIENT.listed)).code).toBe(554);
  });
});

/** Has the MX ask further lists before the stack's own, for as long as a group's tests run. @param keys by zone */
function alsoAsking(
  zones: readonly string[],
  about: readonly BlocklistSubject[],
  keys?: Readonly<Record<string, string>>,
): void {
  let original: string;

  beforeAll(async () => {
    original = await readFile(stackFile(on.stack), "utf8");
    await editSettings(on.stack, (settings) => {
      const lists = zones.map((zone) => ({ zone, about: [...about], answers: "127.0.0.[2..11]" }));
      listIn(settings, "mailkeep:blocklists").unshift(...lists);
      if (keys !== undefined) settings["mailkeep:blocklistKeys"] = keys;
    });
    await bringUpWell(on.stack);
    await untilHealthy(on.stack);
  }, 300_000);

  afterAll(async () => {
    await writeFile(stackFile(on.stack), original);
    await bringUpWell(on.stack);
  }, 300_000);
}

/** Tries to send mail to a user. @returns the answer to RCPT */
async function attempt(
  client: (typeof CLIENT)[keyof typeof CLIENT],
  {
    family = "v4",
    helo = "mail.outside.test",
    sender = VISITOR,
    recipient = "ann@home.test",
  }: { family?: "v4" | "v6"; helo?: string; sender?: string; recipient?: string } = {},
): Promise<Answer> {
  const server = family === "v4" ? on.site.address : String(on.site.address6);
  const answers = await smtpFromAddress(on.stack, client, server, [
    `EHLO ${helo}`,
    `MAIL FROM:<${sender}>`,
    `RCPT TO:<${recipient}>`,
  ]);
  const answer = answers.at(-1);
  if (answer === undefined) throw new Error("the server said nothing");
  return answer;
}
