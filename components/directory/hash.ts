/** Makes password hashes. Apart from `scheme.ts`, because only who sees passwords needs it. */
import { createHash, randomBytes } from "node:crypto";
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
  return `{SHA512-CRYPT}${encrypt(plain, `$6$rounds=${ROUNDS}$${saltOf(randomBytes(16))}`)}`;
}

/**
 * The hash of a password that was made up, with a salt that follows from it: the same whenever it is asked for, so that
 * nothing seems to have changed. Nobody guesses such a password, so neither a fresh salt nor many rounds would add anything.
 */
export function hashMadeUp(plain: string): string {
  const digest = createHash("sha256").update(`mailkeep salt ${plain}`).digest();
  return `{SHA512-CRYPT}${encrypt(plain, `$6$${saltOf(digest.subarray(0, 16))}`)}`;
}

function saltOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => ALPHABET.charAt(byte & 63)).join("");
}
