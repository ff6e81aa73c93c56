/** The foreign mail server of the local world: what it sends, and what it has received. */
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { containerOf, docker, dockerWithInput } from "./docker.ts";

const receivedSchema = z.object({
  recipient: z.string().nullable(),
  sender: z.string(),
  client: z.string().nullable(),
  helo: z.string().nullable(),
  pointer: z.string().nullable(),
  tls: z.boolean(),
  results: z.record(z.string(), z.string()),
  raw: z.string(),
});

/** A message at the foreign server, with what its own software says of SPF, DKIM, DMARC and ARC. */
export type Received = z.infer<typeof receivedSchema>;

/** Sends a message, signed for the foreign domain, through the foreign server's queue. */
export async function sendFromOutside(
  stack: string,
  sender: string,
  recipients: readonly string[],
  message: string,
): Promise<void> {
  const container = await containerOf(stack, "world", "outside");
  await dockerWithInput(message, "exec", "--interactive", container, "send-signed", sender, ...recipients);
}

/**
 * Has the foreign server try again at once what waits there. OpenSMTPD leaves a way that failed a few times alone for minutes,
 * such as one to a site that was away.
 */
export async function hurryOutside(stack: string): Promise<void> {
  const container = await containerOf(stack, "world", "outside");
  const control = (...args: readonly string[]): Promise<string> =>
    docker("exec", "--user", "root:opensmtpq", container, "smtpctl", ...args);
  const routes = (await control("show", "routes")).matchAll(/^\s*(\d+)\./gm);
  // One that is in use again by now is no longer there to be resumed.
  for (const [, route = ""] of routes) await control("resume", "route", route).catch(() => undefined);
  await control("schedule", "all");
}

/** All messages that the foreign server has received. */
export async function receivedOutside(stack: string): Promise<Received[]> {
  const container = await containerOf(stack, "world", "outside");
  const script = 'for file in /srv/outside/*.json; do [ ! -f "$file" ] || { cat "$file"; echo; }; done';
  const text = await docker("exec", container, "sh", "-c", script);
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => receivedSchema.parse(JSON.parse(line)));
}

/**
 * Waits for a message with some text in it.
 *
 * @throws Error when it has not come in time
 */
export async function waitOutside(stack: string, text: string, timeoutMs: number): Promise<Received> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const found = (await receivedOutside(stack)).find(({ raw }) => raw.includes(text));
    if (found !== undefined) return found;
    if (performance.now() > end)
      throw new Error(`No message with "${text}" came to outside.test within ${timeoutMs / 1000} s.`);
    await delay(200);
  }
}
