/** The far side that behaves as it is told: what it shall do, and what happened there. */
import { z } from "zod";
import { containerOf, docker, until } from "./system.ts";

/** Takes mail, by the MX of the domain `fickle.outside.test`. */
export const FRIEND = "friend@fickle.outside.test";

export interface Behaviour {
  /** `greylist`: each triplet's first try is put off. `full`: a 4xx. `over-quota`: a 5xx. @default accept */
  readonly answer?: "accept" | "greylist" | "full" | "over-quota";
  /** Before each answer but the greeting, at most until it is told otherwise. @default 0 */
  readonly delaySeconds?: number;
  /** Whether its port is open. @default true */
  readonly listening?: boolean;
  /** @default true */
  readonly startTls?: boolean;
  /** @default true */
  readonly smtpUtf8?: boolean;
}

const eventsSchema = z.object({
  events: z.array(
    z.object({
      client: z.string(),
      tls: z.boolean(),
      /** User and password, parted by a colon, where somebody logged in. */
      login: z.string().nullable(),
      smtpUtf8: z.boolean(),
      sender: z.string(),
      recipient: z.string(),
      answer: z.string(),
      /** The message, when it was taken. */
      raw: z.string().optional(),
    }),
  ),
});

/** One recipient, and what was answered: at RCPT when it was refused, else at the end of the message. */
export type Event = z.infer<typeof eventsSchema>["events"][number];

/** Makes it behave so from the next connection on, and forget whom it has greylisted. */
export async function behave(stack: string, behaviour: Behaviour): Promise<void> {
  await fickle(stack, JSON.stringify(behaviour));
}

/** What happened to a recipient, oldest first. */
export async function eventsFor(stack: string, recipient: string): Promise<Event[]> {
  return (await fickle(stack)).filter((event) => event.recipient === recipient);
}

/** All that it has taken with some text in it. */
export async function takenWith(stack: string, text: string): Promise<Event[]> {
  return (await fickle(stack)).filter(({ raw }) => raw?.includes(text) === true);
}

/** Waits until a message with some text in it was taken, and gives the first. */
export async function untilTaken(stack: string, text: string, timeoutMs: number): Promise<Event> {
  let taken: Event | undefined;
  const what = `the fickle server has taken a message with "${text}"`;
  await until(what, async () => (taken = (await takenWith(stack, text))[0]) !== undefined, timeoutMs);
  if (taken === undefined) throw new Error(`not: ${what}`);
  return taken;
}

async function fickle(stack: string, ...behaviour: readonly string[]): Promise<Event[]> {
  const container = await containerOf(stack, "world", "fickle");
  return eventsSchema.parse(JSON.parse(await docker("exec", container, "fickle", ...behaviour))).events;
}
