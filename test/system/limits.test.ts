/** Limits, each met on the running site. */
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { submit } from "../../tools/site/clients.ts";
import { tlsSession } from "../support/session.ts";
import { withSettings } from "../support/settings.ts";
import { smtpFromOutside } from "../support/smtp.ts";
import { fixture, mark, until, untilHealthy, type Fixture } from "../support/system.ts";

let on: Fixture;
let restore: () => Promise<void>;

beforeAll(async () => {
  on = await fixture();
  await untilHealthy(on.stack);
});

afterEach(() => restore());

const limits = async (values: Readonly<Record<string, number>>): Promise<void> => {
  restore = await withSettings(on.stack, { limits: values });
};

describe("a site", () => {
  it("limits how often one client may connect", async () => {
    await limits({ connectionsPerClientPerMinute: 2 });
    // A reload lets the daemon's present processes serve their last client, so the first few may still be let in.
    await until(
      "a client that connects too often is turned away",
      async () => (await smtpFromOutside(on.stack, on.site.address, []))[0]?.code === 421,
      20_000,
    );
  });

  it("limits how often one user may send", async () => {
    await limits({ messagesPerUserPerMinute: 3 });
    const cat = on.user("cat@club.test");
    const outcomes: string[] = [];
    await until(
      "a user who sends too often is told to wait",
      async () => {
        const mail = { from: cat.address, to: ["ben@home.test"], subject: mark(), text: "Hello." };
        outcomes.push(await submit(on.access, 465, cat, mail).then(() => "taken", String));
        return outcomes.at(-1) !== "taken";
      },
      30_000,
    );
    expect(outcomes.at(-1)).toMatch(/45[01]/);
    expect(outcomes.length).toBeGreaterThan(3);
  });

  it("limits how many people one user may write to, however they are spread over messages", async () => {
    await limits({ recipientsPerUserPerDay: 40 });
    const cat = on.user("cat@club.test");
    const people = (count: number): string[] =>
      Array.from({ length: count }, (_, index) => `ben+${String(index)}@home.test`);
    const write = (to: readonly string[]): Promise<string> =>
      submit(on.access, 465, cat, { from: cat.address, to: [...to], subject: mark(), text: "Hello." }).then(
        () => "taken",
        String,
      );
    const atOnce = await tlsSession(on.access, 465, [
      "EHLO laptop.example",
      `AUTH PLAIN ${Buffer.from(`\0${cat.address}\0${cat.password}`).toString("base64")}`,
      `MAIL FROM:<${cat.address}>`,
      ...people(41).map((address) => `RCPT TO:<${address}>`),
    ]);
    expect(atOnce.at(-2)).toMatch(/^250/);
    expect(atOnce.at(-1)).toMatch(/^452/);

    const outcomes: string[] = [];
    while (outcomes.length < 10 && !outcomes.some((outcome) => outcome !== "taken")) {
      outcomes.push(await write(people(8)));
    }
    expect(outcomes.at(-1)).toMatch(/more than 40 recipients in a day/);
    // Five such messages are forty people; what the user sent before this test counts as well.
    expect(outcomes.length).toBeGreaterThanOrEqual(4);
    expect(outcomes.length).toBeLessThanOrEqual(6);
  });
});
