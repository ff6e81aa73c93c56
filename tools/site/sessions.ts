/** Sessions that are still open with the Postfix of a site, and may yet hand it a message. */
import { PORT } from "../../components/plan/ports.ts";
import { containerOf, docker, type Docker } from "./docker.ts";
import { QUEUES } from "./queues.ts";

/** Where the edge hands on to Postfix whoever comes from the world, or from other sites. */
const DOORS: readonly number[] = [
  PORT.smtpProxy,
  PORT.smtpCarry,
  PORT.submissionProxy,
  PORT.submissionsProxy,
  PORT.submissionCarry,
];

/**
 * How many sessions are open. An edge that has read its configuration again still carries those that it had before.
 *
 * @param run the Docker of the site
 */
export async function openSessions(
  stack: string,
  site: string,
  roles: readonly string[],
  run: Docker = docker,
): Promise<number> {
  const [workload] = QUEUES.filter((one) => roles.includes(one));
  if (workload === undefined) return 0;
  // All workloads that share the site's network see the same connections.
  const container = await containerOf(stack, site, workload, run);
  return countSessions(await run("exec", container, "cat", "/proc/net/tcp", "/proc/net/tcp6"));
}

/** Counts established connections to the doors in what Linux says of its sockets, proc_net_tcp(5). */
export function countSessions(sockets: string): number {
  const ESTABLISHED = "01";
  return sockets.split("\n").filter((line) => {
    const [, local = "", , state] = line.trim().split(/\s+/);
    const port = Number.parseInt(local.split(":").at(-1) ?? "", 16);
    return state === ESTABLISHED && DOORS.includes(port);
  }).length;
}
