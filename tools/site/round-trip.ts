/** One real message in and one out: what `up` ends with, because healthy parts do not prove a working whole. */
import { randomUUID } from "node:crypto";
import { fail } from "../console.ts";
import { accessTo, submit, waitForMail } from "./clients.ts";
import { hurryOutside, sendFromOutside, waitOutside } from "./outside.ts";
import type { StackReport } from "./report.ts";

/** How long the messages took. */
export interface RoundTrip {
  /** Seconds from the foreign server's queue to IMAP. */
  readonly inbound: number;
  /** Seconds from submission to the foreign server. */
  readonly outbound: number;
}

const PATIENCE_MS = 60_000;
/** After this time the foreign server is asked to try again. */
const FIRST_TRY_MS = 15_000;

/**
 * Sends from outside to the first user, and from that user to the outside.
 *
 * @throws SentenceError when a message does not arrive, or arrives without passing SPF, DKIM and DMARC
 */
export async function roundTrip(report: StackReport): Promise<RoundTrip> {
  const [site] = report.sites;
  const [user] = report.users;
  if (site === undefined || user === undefined) fail("The round needs a site and a user, and the stack lacks one.");
  const access = await accessTo(report, site);
  const mark = `round-${randomUUID()}`;

  const begin = performance.now();
  const message = `From: visitor@outside.test\nTo: ${user.address}\nSubject: ${mark}\nDate: ${new Date().toUTCString()}\nMessage-ID: <${mark}@outside.test>\n\nA message that proves the way in.\n`;
  await sendFromOutside(report.stack, "visitor@outside.test", [user.address], message);
  await waitForMail(access, user, mark, FIRST_TRY_MS)
    .catch(async () => {
      await hurryOutside(report.stack);
      return waitForMail(access, user, mark, PATIENCE_MS);
    })
    .catch((error: unknown) => lost("in", error, report.stack));
  const inbound = (performance.now() - begin) / 1000;

  const turn = performance.now();
  const text = "A message that proves the way out.";
  await submit(access, 465, user, { from: user.address, to: ["visitor@outside.test"], subject: `${mark}-out`, text });
  const out = await waitOutside(report.stack, `${mark}-out`, PATIENCE_MS).catch((error: unknown) =>
    lost("out", error, report.stack),
  );
  const failed = ["spf", "dkim", "dmarc"].filter((method) => out.results[method] !== "pass");
  if (failed.length > 0)
    fail(`The message arrived outside, but ${failed.join(" and ")} did not pass there: ${JSON.stringify(out.results)}`);
  return { inbound, outbound: (performance.now() - turn) / 1000 };
}

function lost(way: "in" | "out", error: unknown, stack: string): never {
  const reason = error instanceof Error ? error.message : String(error);
  fail(
    `The message on its way ${way} did not arrive: ${reason}. \`npm run status -- ${stack}\` shows what is not healthy.`,
  );
}
