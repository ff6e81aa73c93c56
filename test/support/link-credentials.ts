/** Keys and certificates of the link as the engine's state has them, and new ones to try it with. */
import "reflect-metadata";
import { createPrivateKey, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { z } from "zod";
import { linkAuthority, linkKey } from "../../components/plan/keys.ts";
import type { Settings } from "../../components/settings/schema.ts";
import type { Engine } from "../../tools/stack/pulumi.ts";

/** What one end proves itself with; PEM. */
export interface Credentials {
  readonly cert: string;
  readonly key: string;
}

const secretSchema = z.union([
  z.string(),
  z.looseObject({ plaintext: z.string() }).transform(({ plaintext }) => z.string().parse(JSON.parse(plaintext))),
]);

const stateSchema = z.looseObject({
  deployment: z.looseObject({
    resources: z.array(
      z.looseObject({
        urn: z.string(),
        outputs: z
          .looseObject({ privateKeyPemPkcs8: secretSchema.optional(), certPem: secretSchema.optional() })
          .optional(),
      }),
    ),
  }),
});

export interface LinkCredentials {
  /** The authority that vouches for the sites. */
  readonly authority: Credentials;
  /** What a site proves itself with. */
  readonly end: (site: string) => Credentials;
  /** Any other, by the name that the plan gives to its key and certificate. */
  readonly named: (name: string) => Credentials;
}

/** Reads the keys and certificates that are in use. */
export async function linkCredentials(
  stack: string,
  pulumi: Pick<Engine, "ask">,
  { rotation }: Pick<Settings, "rotation">,
): Promise<LinkCredentials> {
  const state = stateSchema.parse(
    JSON.parse(await pulumi.ask(["stack", "export", "--stack", stack, "--show-secrets"])),
  );
  const named = (name: string) =>
    state.deployment.resources.filter(({ urn }) => urn.endsWith(`::${name}`)).map(({ outputs }) => outputs ?? {});
  const found = (name: string, keyName = name): Credentials => {
    const key = named(keyName).find((outputs) => outputs.privateKeyPemPkcs8 !== undefined)?.privateKeyPemPkcs8;
    const cert = named(name).find((outputs) => outputs.certPem !== undefined)?.certPem;
    if (key === undefined || cert === undefined) throw new Error(`The state has no key and certificate ${name}.`);
    return { cert, key };
  };
  return {
    authority: found(linkAuthority(rotation.linkAuthority.signs)),
    end: (site) => found(linkKey(site), linkKey(site, rotation.link[site])),
    named: (name) => found(name),
  };
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY_MS = 24 * 3600 * 1000;

export interface Wanted {
  readonly commonName: string;
  /** Who signs; without one it signs itself. */
  readonly authority?: Credentials;
  /** Days from now, negative for what is past. @default 30 */
  readonly untilDays?: number;
}

/** A new key with a certificate for it, for servers and clients alike. */
export async function makeCredentials({ commonName, authority, untilDays = 30 }: Wanted): Promise<Credentials> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const issuer = authority === undefined ? undefined : new x509.X509Certificate(authority.cert);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${commonName}`,
    issuer: issuer?.subject ?? `CN=${commonName}`,
    notBefore: new Date(Date.now() - 60 * DAY_MS),
    notAfter: new Date(Date.now() + untilDays * DAY_MS),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: authority === undefined ? keys.privateKey : await signingKey(authority.key),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: "dns", value: commonName },
        { type: "dns", value: `*.${commonName}` },
      ]),
    ],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
  const key = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" }).export({ type: "pkcs8", format: "pem" });
  return { cert: certificate.toString("pem"), key: key.toString() };
}

function signingKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(pem).export({ type: "pkcs8", format: "der" });
  return webcrypto.subtle.importKey("pkcs8", der, ALGORITHM, false, ["sign"]);
}
