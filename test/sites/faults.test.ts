/** Faults under a steady load: every message is numbered, and each is found once, wherever it had to wait. */
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { table } from "../../tools/console.ts";
import { moveAway } from "../support/far.ts";
import { startLoad, tally, type Tally } from "../support/load.ts";
import { damage, damageBetween, killSite, sitesFixture, type SitesFixture } from "../support/sites.ts";
import { startSubmissions } from "../support/submissions.ts";
import { containerOf, docker, mark, until, untilHealthy } from "../support/system.ts";

const PATIENCE_MS = 180_000;
/** The foreign server is given a message so often. */
const EVERY_MS = 400;
/** How long the load goes on with the fault there. */
const FAULT_MS = 12_000;

/** How much later everything arrives over a slow link, each way: more than between any two places on Earth. */
const DELAY_MS = 300;

/** How soon another site should have taken a message. */
const AIM_MS = 1000;

let on: SitesFixture;
let mend: (() => Promise<void>) | undefined;
const rows: string[][] = [["FAULT", "ACCEPTED", "DELIVERED", "LOST", "DOUBLED", "BOUNCED", "FIRST TAKEN ELSEWHERE"]];
const usersRows: string[][] = [["FAULT", "SUBMITTED", "LOST", "DOUBLED", "SITES PASSED OVER", "LONGEST WAIT"]];
/** The longest that a user waits: for a site that does not answer, and for one that does. */
const USER_PATIENCE_MS = 30_000;

beforeAll(async () => {
  on = await sitesFixture();
  await untilHealthy(on.stack);
});

afterEach(async () => {
  await mend?.();
  mend = undefined;
  await untilHealthy(on.stack, PATIENCE_MS);
});

afterAll(() => {
  process.stderr.write(`\n${table(rows)}\n\n${table(usersRows)}\n\n`);
});

describe("under load", { timeout: 500_000 }, () => {
  it.each(["alpha", "bravo", "charlie"])("a site is killed and comes back: %s", async (site) => {
    await round(`${site} killed`, () => killSite(on.stack, site), site);
  });

  it("the link to the mailboxes is cut both ways", async () => {
    await round("link alpha-bravo cut", () =>
      damageBetween(on.stack, on.site("alpha"), on.site("bravo"), { kind: "drop" }),
    );
  });

  it("the link to the mailboxes is cut one way", async () => {
    await round("link bravo to alpha cut", () => damage(on.stack, on.site("bravo"), "alpha", { kind: "drop" }));
  });

  it("the link to the mailboxes loses one packet in five, and is slow for it", async () => {
    await round("link alpha-bravo lossy", () =>
      damageBetween(on.stack, on.site("alpha"), on.site("bravo"), { kind: "lossy", probability: 0.2 }),
    );
  });

  it("the link to the mailboxes is narrow", async () => {
    // A message has about 2 kB, and TLS takes some more.
    await round("link bravo to alpha narrow", () =>
      damage(on.stack, on.site("bravo"), "alpha", { kind: "narrow", kilobytesPerSecond: 3 }),
    );
  });

  it("the link to the mailboxes is slow", async () => {
    await round("link bravo-alpha slow", () => moveAway(on.stack, on.site("bravo"), on.site("alpha"), DELAY_MS));
  });
});

/** Load before, during and after a fault; then the count. */
async function round(what: string, breakIt: () => Promise<() => Promise<void>>, dead?: string): Promise<void> {
  const ann = on.user("ann@home.test");
  const load = startLoad(on.stack, mark(), ann.address, EVERY_MS);
  const users = dead === undefined ? undefined : startSubmissions(on, on.user("ben@home.test"));
  await delay(3000);
  const mended = await breakIt();
  const broken = Date.now();
  mend = mended;
  await delay(FAULT_MS);
  // On a busy machine the load is a slow one.
  await until("the load is one", () => Promise.resolve(load.sent() > 10), PATIENCE_MS);
  const first = dead === undefined ? undefined : await firstTaken(dead, broken);
  mend = undefined;
  await mended();
  const submitted = await users?.stop(PATIENCE_MS);
  const accepted = await load.stop();
  await until("alpha answers for its mailboxes", async () => (await counted()) !== undefined, PATIENCE_MS);
  const result = await tally(on.stack, load, accepted, ann, await on.access("alpha"), PATIENCE_MS);
  rows.push([what, ...figures(result), first === undefined ? "" : `${(first / 1000).toFixed(1)} s`]);
  if (submitted !== undefined) {
    const { accepted: taken, lost, doubled, refused, passedOver, longestWaitMs } = submitted;
    const figures = [taken, lost.length, doubled, passedOver.length].map(String);
    usersRows.push([what, ...figures, `${(longestWaitMs / 1000).toFixed(1)} s`]);
    // Users are never told that nobody takes their mail. Who was cut off at the last word sends the message again.
    expect({ lost, refused }).toEqual({ lost: [], refused: [] });
    expect(doubled).toBeLessThanOrEqual(passedOver.length);
    expect(longestWaitMs).toBeLessThan(USER_PATIENCE_MS);
    expect(taken).toBeGreaterThan(3);
  }
  expect(accepted).toBeGreaterThan(10);
  expect(result).toEqual({ accepted, delivered: accepted, lost: [], doubled: [], bounced: 0 });

  async function counted(): Promise<Tally | undefined> {
    return tally(on.stack, load, 0, ann, await on.access("alpha"), 1);
  }
}

const figures = (count: Tally): string[] =>
  [count.accepted, count.delivered, count.lost.length, count.doubled.length, count.bounced].map(String);

/** Milliseconds until another site has taken a message, by the log of the foreign server. */
async function firstTaken(dead: string, sinceMs: number): Promise<number | undefined> {
  const since = new Date(sinceMs).toISOString();
  const log = await docker("logs", "--timestamps", "--since", since, await containerOf(on.stack, "world", "outside"));
  const { address, address6 } = on.site(dead);
  const relays = [`"[${address}]`, `"[${address6 ?? address}]`];
  const taken = log
    .split("\n")
    .filter((line) => line.includes("mta delivery") && line.includes('result="Ok"'))
    .filter((line) => !relays.some((relay) => line.includes(`relay=${relay}`)));
  const [line = ""] = taken;
  const first = Date.parse(line.split(" ")[0] ?? "");
  if (Number.isNaN(first)) return undefined;
  // What the foreign server did until then, for whoever wants to know why it took so long.
  if (first - sinceMs > AIM_MS) process.stderr.write(`\n${log.slice(0, log.indexOf(line) + line.length)}\n`);
  return first - sinceMs;
}
