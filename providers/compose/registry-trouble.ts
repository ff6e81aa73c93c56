/** What Docker's words about a registry mean. Pure. */

/** `login`: it wants one, or another one; `lost`: it has no such image; `certificate`: it is not believed; `silent`: no answer. */
export type RegistryTrouble = "login" | "lost" | "certificate" | "silent" | "other";

const WORDS: readonly (readonly [RegistryTrouble, RegExp])[] = [
  ["login", /unauthorized|no basic auth|authentication required|denied|forbidden/i],
  ["lost", /manifest unknown|name unknown|not found: |no such manifest/i],
  ["certificate", /x509|certificate|HTTP response to HTTPS client/i],
  ["silent", /connection refused|no such host|time-?out|unreachable|misbehaving|\bEOF\b|reset by peer|\b50[234] /i],
];

/** @param said what `docker pull` or `docker push` printed */
export function registryTrouble(said: string): RegistryTrouble {
  return WORDS.find(([, words]) => words.test(said))?.[0] ?? "other";
}
