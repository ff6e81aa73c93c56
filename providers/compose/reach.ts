/** From the connection that a resource names to a host to work on. */
import type { Host } from "./host.ts";
import { localHost } from "./local-host.ts";
import type { Connection } from "./ssh-client.ts";
import { withSshHost } from "./ssh-host.ts";

/**
 * Does some work on the machine that a connection leads to, or on this one without a connection.
 *
 * @param patienceSeconds how long a machine may take until it answers
 */
export type Reach = <T>(
  connection: Connection | undefined,
  patienceSeconds: number,
  work: (host: Host) => Promise<T>,
) => Promise<T>;

/** @param environment of the provider's own process, which may name other commands */
export function hostsOf(environment: NodeJS.ProcessEnv): Reach {
  const local = localHost(environment);
  return async (connection, patienceSeconds, work) =>
    connection === undefined ? await work(local) : await withSshHost(connection, patienceSeconds, environment, work);
}
