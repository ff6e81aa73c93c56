/** Numeric users of the workloads. The images create the same ones; `test/unit/images/ids.test.ts` holds them together. */
export const UID = {
  root: 0,
  net: 2000,
  haproxy: 2001,
  /** Drops to it from root. */
  postfix: 2002,
  rspamd: 2003,
  valkey: 2004,
  opendkim: 2005,
  unbound: 2006,
  couchmail: 2007,
  certs: 2008,
  postsrsd: 2013,
  /** Owner of all mail; Dovecot itself starts as root and drops to it. */
  vmail: 2010,
  knot: 2020,
  pebble: 2021,
  /** Who files the foreign server's mail; OpenSMTPD itself starts as root. */
  outside: 2030,
} as const;

/** Host part of each workload's address on its site's network, and of the services in the local world. */
export const HOST_PART = {
  net: 10,
  dovecot: 20,
  couchmail: 21,
  rspamd: 22,
  valkey: 23,
  opendkim: 24,
  "opendkim-ed25519": 27,
  certs: 25,
  postsrsd: 26,
  unbound: 53,
} as const;
