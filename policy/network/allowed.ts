/**
 * What may be seen by whom: the pack's own list.
 *
 * It repeats what the plan's flow table says, on purpose. A slip in that table must not approve itself, so nothing here
 * is imported from the program.
 */
import type { PolicyConfigSchema } from "@pulumi/policy";

/** Ports of a mail system that the world may reach: RFC 5321, 8314, 6409, 9051, and HTTPS for RFC 8461. */
export const WORLD_PORTS: ReadonlyMap<number, string> = new Map([
  [25, "SMTP"],
  [465, "submission over TLS"],
  [587, "submission"],
  [993, "IMAP over TLS"],
  [143, "IMAP with STARTTLS"],
  [443, "HTTPS"],
  [80, "HTTP, redirected"],
]);

/** The link between sites: the one port more, and only with a certificate asked of whoever connects. */
export const LINK_PORT = 4433;

/** DNS, which only the name server of a local stack's world may answer. */
export const DNS_PORT = 53;

/** Ports that must never leave a site, with the reason a reader needs. */
export const NEVER_PORTS: ReadonlyMap<number, string> = new Map([
  [22, "SSH"],
  [2424, "LMTP, which takes mail without a login"],
  [4190, "ManageSieve"],
  [6379, "Valkey"],
  [8891, "OpenDKIM"],
  [8892, "the second OpenDKIM"],
  [10001, "PostSRSd's rewriting of senders"],
  [10002, "PostSRSd's way back"],
  [10026, "the MX's listener for other sites' mail, which relays"],
  [10588, "the submission server's listener for other sites' mail, which relays"],
  [11026, "the MX's way to itself, which relays"],
  [11027, "the MX's way to itself for what leaves, which relays"],
  [11028, "the MX's way to itself for other sites' mail, which relays"],
  [11588, "the submission server's way to itself for what leaves, which relays"],
  [11589, "the submission server's way to itself for other sites' mail, which relays"],
  [11332, "rspamd's milter"],
  [11333, "rspamd's scanner"],
  [11334, "rspamd's controller"],
  [12345, "Dovecot's login service"],
  [40571, "the directory's domains"],
  [40572, "the directory's mailboxes"],
  [40573, "the directory's aliases"],
  [40574, "the directory's HTTP interface"],
  [40575, "the directory's senders"],
]);

/** Why the world must not reach a port that is not listed. */
export function whyNot(port: number): string {
  const never = NEVER_PORTS.get(port);
  return never === undefined ? `port ${port} is not one that the world may reach` : `port ${port} is ${never}`;
}

/** Workloads that may be on the network towards the world: a site's, then those of a local stack's world. */
export const ON_INTERNET: ReadonlySet<string> = new Set([
  "net",
  "unbound",
  "certs",
  "knot",
  "resolver",
  "pebble",
  "outside",
  "fickle",
]);

/** Workloads that may share its addresses with `net`: those that the world talks to, or that talk to it as the site. */
export const IN_NET: ReadonlySet<string> = new Set(["edge", "mx", "submission"]);

/** Capabilities that a daemon here may keep. None of them reaches beyond its own container. */
export const CAPABILITIES: ReadonlySet<string> = new Set([
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "KILL",
  "NET_BIND_SERVICE",
  "SETGID",
  "SETUID",
  "SYS_CHROOT",
]);

/** What a rule about open ports can be told. */
export interface FurtherPorts {
  readonly ports: readonly number[];
}

/** The same as Pulumi wants to have it described. */
export const FURTHER_PORTS: PolicyConfigSchema = {
  properties: {
    ports: {
      type: "array",
      items: { type: "integer" },
      default: [],
      description: "Further TCP ports that the world may reach.",
    },
  },
};
