/** Services of master.cf that both Postfix workloads run, master(5), and what single listeners are told besides. */
import type { Service } from "./text.ts";

/** Of a listener that only the keeper asks, every few seconds: it says nothing, because two lines each time hide the rest. */
export const QUIET = { maillog_file: "" } as const;

/**
 * Of a listener for clients. smtpd(8) remembers an address that could not be looked up for as long as it lives, and would go
 * on answering 451 for it after the directory is back: so it lives for few clients, and briefly without any. The other
 * services remember nothing, and starting each of them anew for every tenth message costs more than the message.
 */
export const BRIEF = { max_use: 10, max_idle: "5s" } as const;

/** Deliveries to other servers at once. */
export const SMTP_PROCESSES = 20;

/** Everything but the listeners. */
export const services: readonly Service[] = [
  { name: "pickup", type: "unix", private: false, wakeup: "60", processes: 1, command: "pickup" },
  { name: "cleanup", type: "unix", private: false, processes: 0, command: "cleanup" },
  // What is accepted in the moment of a reload waits for this: the old qmgr takes the news with it, and no new one is started.
  { name: "qmgr", type: "unix", private: false, wakeup: "10", processes: 1, command: "qmgr" },
  { name: "tlsmgr", type: "unix", wakeup: "1000?", processes: 1, command: "tlsmgr" },
  { name: "rewrite", type: "unix", command: "trivial-rewrite" },
  { name: "bounce", type: "unix", processes: 0, command: "bounce" },
  { name: "defer", type: "unix", processes: 0, command: "bounce" },
  { name: "trace", type: "unix", processes: 0, command: "bounce" },
  { name: "proxymap", type: "unix", command: "proxymap" },
  { name: "smtp", type: "unix", processes: SMTP_PROCESSES, command: "smtp" },
  { name: "lmtp", type: "unix", processes: 10, command: "lmtp" },
  { name: "error", type: "unix", command: "error" },
  { name: "retry", type: "unix", command: "error" },
  { name: "discard", type: "unix", command: "discard" },
  { name: "showq", type: "unix", private: false, command: "showq" },
  { name: "anvil", type: "unix", processes: 1, command: "anvil" },
  { name: "scache", type: "unix", processes: 1, command: "scache" },
  { name: "postlog", type: "unix-dgram", private: false, unprivileged: false, processes: 1, command: "postlogd" },
];
