/** Makes password hashes. Apart from `scheme.ts`, because only who sees passwords needs it. */
import { randomBytes } from "node:crypto";
import { encrypt } from "unixcrypt";

/**
 * Rounds of SHA-512. Ten times crypt(3)'s default of 5000: some 100 ms here, once a password, while a memory-hard hash
 * would need more memory at each login than all of couchmail has.
 */
const ROUNDS = 50_000;

/** crypt(3)'s own alphabet, 64 characters, so that each random byte gives 6 bits without a bias. */
const ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** The SHA512-CRYPT hash of a password with a fresh salt, as `{SHA512-CRYPT}$6$…`. */
export function hashPassword(plain: string): string {
  const salt = Array.from(randomBytes(16), (byte) => ALPHABET.charAt(byte & 63)).join("");
  return `{SHA512-CRYPT}${encrypt(plain, `$6$rounds=${ROUNDS}$${salt}`)}`;
}
