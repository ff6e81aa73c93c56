import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { hashMadeUp, hashPassword } from "../../../components/directory/hash.ts";
import { isPasswordHash, withScheme } from "../../../components/directory/index.ts";

describe("password hashes", () => {
  it("are crypt(3)'s: OpenSSL makes the same from the same salt", () => {
    const hash = hashPassword("corréct horse $'\"");
    expect(isPasswordHash(hash)).toBe(true);
    const [, , rounds = "", salt = ""] = hash.split("$");
    const made = execFileSync("openssl", ["passwd", "-6", "-salt", `${rounds}$${salt}`, "-stdin"], {
      input: "corréct horse $'\"\n",
    });
    expect(hash).toBe(`{SHA512-CRYPT}${made.toString().trim()}`);
  });

  it("of made-up passwords are crypt(3)'s too, and the same whenever they are asked for", () => {
    const plain = "AmadeupPasswordOf32LettersDigits";
    const hash = hashMadeUp(plain);
    expect(hashMadeUp(plain)).toBe(hash);
    expect(isPasswordHash(hash)).toBe(true);
    const [, , salt = ""] = hash.split("$");
    expect(salt).toMatch(/^[./0-9A-Za-z]{16}$/);
    const made = execFileSync("openssl", ["passwd", "-6", "-salt", salt, "-stdin"], { input: `${plain}\n` });
    expect(hash).toBe(`{SHA512-CRYPT}${made.toString().trim()}`);
    expect(hashMadeUp(`${plain}1`).split("$")[2]).not.toBe(salt);
  });

  it("have a salt of their own each", () => expect(hashPassword("geheim")).not.toBe(hashPassword("geheim")));

  it.each([
    ["$argon2id$v=19$m=65536,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$RdescudvJCsgt3ub+b+dWRWJTmaaJObG", "{ARGON2ID}"],
    [`$6$saltsalt$${"a".repeat(86)}`, "{SHA512-CRYPT}"],
  ])("%s gets Dovecot's scheme in front", (hash, scheme) => {
    expect(withScheme(hash)).toBe(`${scheme}${hash}`);
    expect(withScheme(withScheme(hash))).toBe(`${scheme}${hash}`);
  });

  it.each(["geheim", "{PLAIN}geheim", "$1$abc$def", "{SHA512-CRYPT}geheim", ""])("refuses %s", (text) =>
    expect(isPasswordHash(text)).toBe(false),
  );
});
