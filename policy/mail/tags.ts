/** Records made of tags, `v=DKIM1; k=rsa; p=…`: RFC 6376 section 3.2, which DMARC uses too. */
import { createPublicKey, type KeyObject } from "node:crypto";

/** Values by tag, in lower case. What has no `=` is left out. */
export function tagsOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    text
      .split(";")
      .map((tag) => tag.trim())
      .filter((tag) => tag.includes("="))
      .map((tag) => {
        const equals = tag.indexOf("=");
        return [tag.slice(0, equals).trim().toLowerCase(), tag.slice(equals + 1).trim()];
      }),
  );
}

/** Tags that a text has more than once. */
export function repeatedTags(text: string): readonly string[] {
  const names = text.split(";").flatMap((tag) => /^\s*(\w+)\s*=/.exec(tag)?.[1]?.toLowerCase() ?? []);
  return [...new Set(names.filter((name, index) => names.indexOf(name) < index))];
}

/** The public key of a DKIM record; undefined where it holds none. */
export function publicKeyOf(text: string): KeyObject | undefined {
  const tags = tagsOf(text);
  const data = (tags.get("p") ?? "").replace(/\s+/g, "");
  if (data === "") return undefined;
  try {
    const ed25519 = tags.get("k")?.toLowerCase() === "ed25519";
    return ed25519
      ? createPublicKey({
          key: { kty: "OKP", crv: "Ed25519", x: Buffer.from(data, "base64").toString("base64url") },
          format: "jwk",
        })
      : createPublicKey({ key: Buffer.from(data, "base64"), format: "der", type: "spki" });
  } catch {
    return undefined;
  }
}

/** Whether two keys are one. Node.js compares only keys of one kind, and throws otherwise. */
export function isSameKey(one: KeyObject, other: KeyObject): boolean {
  return one.asymmetricKeyType === other.asymmetricKeyType && one.equals(other);
}
