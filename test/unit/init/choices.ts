/** Answers to the questions of `init`, by flag: one set for each kind of stack. */
import type { Answering } from "../../../tools/init/question.ts";

const COMMON = { domain: "club.org", mailbox: "ann", "ssh-from": "203.0.113.7/32,2001:db8:9::/48" } as const;
const KEY = `ssh-ed25519 ${"A".repeat(68)}`;

export const CHOICES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "droplets that may send": { ...COMMON, sites: "3", port25: "yes", "zone-id": "0abc" },
  "droplets behind a relay": {
    ...COMMON,
    sites: "2",
    "zone-id": "0abc",
    relay: "smtp.provider.example",
    "relay-spf": "spf.provider.example",
    "relay-user": "mailkeep",
  },
  "instances behind a relay": {
    ...COMMON,
    sites: "2",
    platform: "gcp-instance",
    project: "mailkeep-test",
    dns: "google",
    relay: "smtp.provider.example",
    "relay-spf": "spf.provider.example",
  },
  "both clouds": {
    ...COMMON,
    sites: "3",
    platform: "digitalocean-droplet,gcp-instance",
    project: "mailkeep-test",
    port25: "yes",
    dns: "digitalocean",
    acme: "production",
  },
  "a machine of one's own": {
    ...COMMON,
    sites: "1",
    platform: "host",
    infrastructure: "servers.example.net",
    "addresses-1": "192.0.2.44,2001:db8:44::44",
    "host-key-1": `${KEY} root@box`,
    dns: "print",
  },
};

/** Nobody is at the terminal. */
export function byFlags(flags: Readonly<Record<string, string>>): Answering {
  return ({ flag }) => Promise.resolve(flags[flag]);
}
