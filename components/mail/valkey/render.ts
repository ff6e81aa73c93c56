/** Valkey's configuration: the memory of the filter (greylisting, Bayes, rate limits). */
import { PORT } from "../../plan/ports.ts";
import type { Text } from "../../plan/text.ts";
import { CONF } from "../../plan/workload.ts";

/** What the filter's memory is told. */
export interface ValkeyArgs {
  /** Address on the site's network. */
  readonly address: string;
  /** Name of the made-up password that clients log in with. */
  readonly password: string;
  /** Folder of the data. */
  readonly data: string;
}

/** What a probe says first. Any password will do; all that it may do then is PING, which also tells whether anything can be written. */
export const VALKEY_PROBE_LOGIN = "AUTH probe probe";

/** All files of the store. The password is a file of its own, so that a diff of the rest can be read. */
export function renderValkey(args: ValkeyArgs): Readonly<Record<string, Text>> {
  return {
    "valkey.conf": configuration(args),
    "password.conf": ['requirepass "', { ref: "password", password: args.password }, '"\n'],
  };
}

/** Commands that only an attacker would send here: rspamd needs none of them. */
const SHUT = [
  "ACL",
  "CONFIG",
  "DEBUG",
  "FAILOVER",
  "FLUSHALL",
  "FLUSHDB",
  "KEYS",
  "MIGRATE",
  "MONITOR",
  "REPLICAOF",
  "RESTORE",
  "SHUTDOWN",
  "SLAVEOF",
  "SWAPDB",
  "SYNC",
  "PSYNC",
];

function configuration({ address, data }: ValkeyArgs): string {
  return `include ${CONF}/password.conf

bind ${address} 127.0.0.1
port ${PORT.valkey}
protected-mode yes
timeout 0
tcp-keepalive 30
maxclients 200
daemonize no
logfile ""
databases 1

# Who asks whether it works needs no secret, and can do nothing else.
user probe on nopass resetkeys resetchannels -@all +ping

# What was learned survives a restart. A power cut may cost the last second: a greylisted sender is asked to wait once
# more, nothing else. No snapshots beside it, the log is enough.
dir ${data}
appendonly yes
appendfsync everysec
auto-aof-rewrite-min-size 8mb
save ""

# Full: what expires anyway goes first, the longest unused before others (greylisting, rate limits, words that Bayes
# has seen once). What Bayes knows well does not expire and is never dropped.
maxmemory 64mb
maxmemory-policy volatile-lru
lazyfree-lazy-eviction yes

${SHUT.map((command) => `rename-command ${command} ""\n`).join("")}`;
}
