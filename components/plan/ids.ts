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
