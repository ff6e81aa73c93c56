/** How Unbound is run, whomever it resolves names for. */
import { PORT } from "../../plan/ports.ts";
import { CONF, type KeeperCheck, type KeeperConfig } from "../../plan/workload.ts";

/** What a keeper runs. Its flags: in the foreground (`-d`), and without a file for the process number (`-p`). */
export const UNBOUND = {
  command: ["/usr/sbin/unbound", "-d", "-p", "-c", `${CONF}/unbound.conf`],
  check: [["/usr/sbin/unbound-checkconf", `${CONF}/unbound.conf`]],
  reload: { signal: "HUP" },
} as const satisfies Partial<KeeperConfig>;

/** Answered from a local zone: a probe must not end a resolver because the world is out of reach. */
export const UNBOUND_ANSWERS: KeeperCheck = {
  kind: "dns",
  name: "dns",
  address: `127.0.0.1:${PORT.dns}`,
  question: "localhost",
  type: "A",
};
