/** The TLS keys of the sites, and what is made of them: TLSA records and requests for certificates. */
import { createHash, generateKeyPairSync } from "node:crypto";
import type { FakeResource } from "../../../support/policy.ts";

const TLS_PAIRS = ["alpha", "bravo", "spare"].map((name) => ({
  name,
  ...generateKeyPairSync("ec", { namedCurve: "P-256" }),
}));

/** What the TLSA record of a site's key holds. */
export function tlsaOf(name: string): string {
  const found = TLS_PAIRS.find((one) => one.name === name)?.publicKey ?? generateKeyPairSync("ed25519").publicKey;
  return createHash("sha256")
    .update(found.export({ type: "spki", format: "der" }))
    .digest("hex");
}

export const TLS_KEYS = TLS_PAIRS.map(({ name, publicKey }): FakeResource => ({
  type: "tls:index/privateKey:PrivateKey",
  name: `site/${name}`,
  props: { publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString() },
}));

export const request = (name: string): FakeResource => ({
  type: "tls:index/certRequest:CertRequest",
  name: `site/${name}`,
  props: {
    certRequestPem: `request ${name}`,
    privateKeyPem: TLS_PAIRS.find((one) => one.name === name)
      ?.privateKey.export({ type: "pkcs8", format: "pem" })
      .toString(),
    subject: { commonName: `${name}.example.net` },
    dnsNames: [`${name}.example.net`, "mail.example.net"],
  },
});

export const webRequest = (name: string): FakeResource => ({
  type: "tls:index/certRequest:CertRequest",
  name: `web/${name}/1`,
  props: {
    certRequestPem: `web request ${name}`,
    subject: { commonName: "mta-sts.example.org" },
    dnsNames: ["mta-sts.example.org", "mta-sts.club.example"],
  },
});
