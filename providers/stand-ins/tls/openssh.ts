/** Keys in OpenSSH's formats: `authorized_keys` lines (RFC 4253 section 6.6, RFC 5656, RFC 8709), fingerprints, `openssh-key-v1`. */
import { createHash, type JsonWebKey, type KeyObject, randomBytes } from "node:crypto";

/** OpenSSH's names of the curves it knows, by their name in a JWK. Neither knows P-224. */
const CURVES: Readonly<Record<string, string>> = { "P-256": "nistp256", "P-384": "nistp384", "P-521": "nistp521" };

/** One key in each of these formats. */
export interface OpensshKey {
  /** One line with a line feed, without a comment. */
  readonly publicKey: string;
  readonly privateKey: string;
  /** MD5 of the public key as hexadecimal pairs between colons. */
  readonly fingerprintMd5: string;
  /** `SHA256:` and base64 without padding. */
  readonly fingerprintSha256: string;
}

/** The key in OpenSSH's formats, or undefined where OpenSSH does not know its kind. */
export function opensshKey(privateKey: KeyObject): OpensshKey | undefined {
  if (privateKey.asymmetricKeyDetails?.namedCurve === "secp224r1") return undefined;
  const jwk = privateKey.export({ format: "jwk" });
  const parts = partsOf(jwk);
  if (parts === undefined) return undefined;
  const blob = Buffer.concat([string(parts.type), ...parts.public]);
  return {
    publicKey: `${parts.type} ${blob.toString("base64")}\n`,
    privateKey: privateFile(parts, blob),
    fingerprintMd5: createHash("md5")
      .update(blob)
      .digest("hex")
      .replace(/..(?!$)/g, "$&:"),
    fingerprintSha256: `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`,
  };
}

interface Parts {
  readonly type: string;
  readonly public: readonly Buffer[];
  readonly private: readonly Buffer[];
}

function partsOf(jwk: JsonWebKey): Parts | undefined {
  if (jwk.kty === "RSA") {
    const [n, e] = [integer(jwk.n), integer(jwk.e)];
    return {
      type: "ssh-rsa",
      public: [e, n],
      private: [n, e, integer(jwk.d), integer(jwk.qi), integer(jwk.p), integer(jwk.q)],
    };
  }
  if (jwk.kty === "OKP" && jwk.crv === "Ed25519") {
    const [seed, point] = [octets(jwk.d), octets(jwk.x)];
    return {
      type: "ssh-ed25519",
      public: [string(point)],
      private: [string(point), string(Buffer.concat([seed, point]))],
    };
  }
  const curve = jwk.kty === "EC" ? CURVES[jwk.crv ?? ""] : undefined;
  if (curve === undefined) return undefined;
  const point = string(Buffer.concat([Buffer.of(4), octets(jwk.x), octets(jwk.y)]));
  return {
    type: `ecdsa-sha2-${curve}`,
    public: [string(curve), point],
    private: [string(curve), point, integer(jwk.d)],
  };
}

/** OpenSSH's own private format, unencrypted (PROTOCOL.key in its sources). */
function privateFile(parts: Parts, blob: Buffer): string {
  const check = randomBytes(4);
  const body = Buffer.concat([check, check, string(parts.type), ...parts.private, string("")]);
  const padding = Buffer.from(Array.from({ length: (8 - (body.length % 8)) % 8 }, (_, index) => index + 1));
  const file = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    string("none"),
    string("none"),
    string(""),
    uint32(1),
    string(blob),
    string(Buffer.concat([body, padding])),
  ]);
  const lines = file.toString("base64").replace(/.{64}(?!$)/g, "$&\n");
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value);
  return buffer;
}

function string(value: string | Buffer): Buffer {
  const buffer = Buffer.from(value);
  return Buffer.concat([uint32(buffer.length), buffer]);
}

/** An unsigned number as SSH's `mpint`: no leading zeros, but one where the first bit is set (RFC 4251 section 5). */
function integer(base64url: string | undefined): Buffer {
  const raw = octets(base64url);
  const start = raw.findIndex((octet) => octet !== 0);
  const trimmed = start < 0 ? Buffer.alloc(0) : raw.subarray(start);
  return string((trimmed[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), trimmed]) : trimmed);
}

function octets(base64url: string | undefined): Buffer {
  return Buffer.from(base64url ?? "", "base64url");
}
