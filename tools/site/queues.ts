/** What waits in the queues of a site. */
import { z } from "zod";
import { containerOf, docker, type Docker } from "./docker.ts";

/** The workloads of a site that have a queue. */
export const QUEUES = ["mx", "submission"] as const;

/** One message. */
export interface Waiting {
  readonly workload: (typeof QUEUES)[number];
  readonly sender: string;
  readonly recipients: readonly string[];
  /** Why it was not delivered at the last try; empty before the first. */
  readonly reason: string;
}

/** One message as postqueue(1) prints it with `-j`. */
const messageSchema = z.looseObject({
  sender: z.string(),
  recipients: z.array(z.looseObject({ address: z.string(), delay_reason: z.string().default("") })),
});

/** Every message that waits at a site. @param run the Docker of the site */
export async function waitingAt(
  stack: string,
  site: string,
  roles: readonly string[],
  run: Docker = docker,
): Promise<Waiting[]> {
  const queues = await Promise.all(
    QUEUES.filter((workload) => roles.includes(workload)).map(async (workload) => {
      const container = await containerOf(stack, site, workload, run);
      return parseQueue(workload, await run("exec", container, "postqueue", "-c", "/run/conf", "-j"));
    }),
  );
  return queues.flat();
}

/** Reads what `postqueue -j` prints: one JSON object a line. */
export function parseQueue(workload: Waiting["workload"], output: string): Waiting[] {
  return output
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const { sender, recipients } = messageSchema.parse(JSON.parse(line));
      return {
        workload,
        sender,
        recipients: recipients.map(({ address }) => address),
        reason: recipients.map(({ delay_reason }) => delay_reason).find((reason) => reason !== "") ?? "",
      };
    });
}

/** Tries everything that waits at a site again, now. @param run the Docker of the site */
export async function flushQueues(
  stack: string,
  site: string,
  roles: readonly string[],
  run: Docker = docker,
): Promise<void> {
  await Promise.all(
    QUEUES.filter((workload) => roles.includes(workload)).map(async (workload) => {
      await run("exec", await containerOf(stack, site, workload, run), "postqueue", "-c", "/run/conf", "-f");
    }),
  );
}
