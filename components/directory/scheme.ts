/** Which password hashes are taken, and how Dovecot wants them written. */

/** crypt(3), the SHA-512 kind: optional rounds, up to 16 characters of salt, 86 of hash. */
const SHA512_CRYPT = /^\$6\$(rounds=\d{4,9}\$)?[./0-9A-Za-z]{1,16}\$[./0-9A-Za-z]{86}$/;
/** RFC 9106 in the PHC string format. */
const ARGON2ID = /^\$argon2id\$v=19\$m=\d{1,8},t=\d{1,4},p=\d{1,3}\$[A-Za-z0-9+/]{11,88}\$[A-Za-z0-9+/]{22,172}$/;

const SCHEMES = [
  { prefix: "{SHA512-CRYPT}", form: SHA512_CRYPT },
  { prefix: "{ARGON2ID}", form: ARGON2ID },
] as const;

function bare(hash: string, prefix: string): string {
  return hash.startsWith(prefix) ? hash.slice(prefix.length) : hash;
}

/** Whether a text is a hash of a known scheme, with or without Dovecot's `{SCHEME}` before it. */
export function isPasswordHash(hash: string): boolean {
  return SCHEMES.some(({ prefix, form }) => form.test(bare(hash, prefix)));
}

/** A hash with Dovecot's `{SCHEME}` before it. What is no hash is returned as it is. */
export function withScheme(hash: string): string {
  const scheme = SCHEMES.find(({ prefix, form }) => form.test(bare(hash, prefix)));
  return scheme === undefined ? hash : `${scheme.prefix}${bare(hash, scheme.prefix)}`;
}
