import { createHash, createPublicKey, generateKeyPairSync } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { hashMadeUp } from "../../../components/directory/hash.ts";
import { recordData } from "../../../components/dns/record-data.ts";
import { keyAssociation } from "../../../components/dns/tlsa.ts";
import { formatTxt } from "../../../components/dns/txt.ts";
import { dkimPublicKey, spkiSha256 } from "../../../components/keys/encode.ts";
import { Keys } from "../../../components/keys/keys.ts";
import type { Ref } from "../../../components/plan/text.ts";
import type { KeyPlan, Zone } from "../../../components/plan/types.ts";
import { deploy, valueOf } from "../../support/mocks.ts";
import type { MockOptions } from "../../support/mocks.ts";

const PLAN: KeyPlan = {
  keys: [
    { name: "ca", algorithm: "ECDSA-P256" },
    { name: "site/alpha", algorithm: "ECDSA-P256" },
    { name: "dkim/home.test/s1", algorithm: "RSA-2048" },
  ],
  certificates: [
    {
      name: "site/alpha",
      key: "site/alpha",
      issuer: "ca",
      commonName: "alpha.test",
      dnsNames: ["alpha.test"],
      validityHours: 8760,
    },
    { name: "ca", key: "ca", issuer: "self", commonName: "private CA", dnsNames: [], validityHours: 87_600 },
  ],
  requests: [{ name: "site/alpha", key: "site/alpha", dnsNames: ["alpha.test", "mail.test"] }],
  passwords: [{ name: "token", length: 48 }],
};

const ZONE: Zone = {
  name: "home.test",
  nameServer: "ns.test",
  signingKey: undefined,
  records: [
    {
      name: "s1._domainkey.home.test",
      ttlSeconds: 60,
      type: "TXT",
      texts: [["v=DKIM1; p=", { ref: "dkimPublicKey", key: "dkim/home.test/s1" }]],
    },
    { name: "_25._tcp.home.test", ttlSeconds: 60, type: "TLSA", associations: [keyAssociation("site/alpha")] },
  ],
};

const PUBLIC_PEM = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .publicKey.export({ type: "spki", format: "pem" })
  .toString();

const COMPUTED: NonNullable<MockOptions["outputs"]> = {
  "tls:index/privateKey:PrivateKey": ({ name }) => ({
    privateKeyPem: `pkcs1 of ${name}`,
    privateKeyPemPkcs8: `pkcs8 of ${name}`,
    publicKeyPem: PUBLIC_PEM,
  }),
  "tls:index/certRequest:CertRequest": ({ name }) => ({ certRequestPem: `request ${name}` }),
  "tls:index/selfSignedCert:SelfSignedCert": ({ name }) => ({ certPem: `certificate ${name}` }),
  "tls:index/locallySignedCert:LocallySignedCert": ({ name }) => ({ certPem: `certificate ${name}` }),
  "random:index/randomPassword:RandomPassword": () => ({ result: "made-up" }),
};

const make = (): Keys =>
  new Keys("keys", {
    plan: PLAN,
    zones: [ZONE],
    renderZone: ({ name, records }, resolve) =>
      `${name}: ${records.flatMap((set) => recordData(set, resolve)).join(", ")}`,
    passwordHashes: { "ann@home.test": "{ARGON2ID}x" },
    siteAddress: ({ site, family }) => pulumi.output(`${family} of ${site}`),
  });

test("makes one resource for each part of the plan, under its name", async () => {
  const { resources } = await deploy(make, { outputs: COMPUTED });
  expect(resources.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`).toSorted()).toEqual([
    "CertRequest site/alpha",
    "CertRequest site/alpha/private-ca",
    "Keys keys",
    "LocallySignedCert site/alpha",
    "PrivateKey ca",
    "PrivateKey dkim/home.test/s1",
    "PrivateKey site/alpha",
    "RandomPassword token",
    "SelfSignedCert ca",
  ]);
});

test("signs a site's certificate with the private CA, for the site's own key", async () => {
  const { resources } = await deploy(make, { outputs: COMPUTED });
  const inputs = (type: string, name: string): unknown =>
    resources.find((one) => one.type.endsWith(type) && one.name === name)?.inputs;
  expect(inputs("LocallySignedCert", "site/alpha")).toMatchObject({
    certRequestPem: "request site/alpha/private-ca",
    caCertPem: "certificate ca",
    caPrivateKeyPem: "pkcs1 of ca",
    validityPeriodHours: 8760,
    earlyRenewalHours: 2920,
  });
  expect(inputs("CertRequest", "site/alpha")).toEqual({
    privateKeyPem: "pkcs1 of site/alpha",
    subject: { commonName: "alpha.test" },
    dnsNames: ["alpha.test", "mail.test"],
  });
});

/** The zone with both of its keys in it. */
const ZONE_TEXT = `home.test: ${formatTxt(`v=DKIM1; p=${dkimPublicKey(PUBLIC_PEM)}`)}, 3 1 1 ${spkiSha256(PUBLIC_PEM)}`;

const REFS: readonly [Ref, string, boolean][] = [
  [{ ref: "privateKeyPem", key: "ca" }, "pkcs8 of ca", true],
  [{ ref: "privateKeyTraditional", key: "dkim/home.test/s1" }, "pkcs1 of dkim/home.test/s1", true],
  [{ ref: "dkimPublicKey", key: "dkim/home.test/s1" }, dkimPublicKey(PUBLIC_PEM), false],
  [{ ref: "spkiSha256", key: "site/alpha" }, spkiSha256(PUBLIC_PEM), false],
  [{ ref: "certificatePem", certificate: "site/alpha" }, "certificate site/alpha", false],
  [{ ref: "requestPem", request: "site/alpha" }, "request site/alpha", false],
  [{ ref: "password", password: "token" }, "made-up", true],
  [{ ref: "passwordSha256", password: "token" }, createHash("sha256").update("made-up").digest("hex"), true],
  [{ ref: "passwordCrypt", password: "token" }, hashMadeUp("made-up"), true],
  [{ ref: "passwordHash", address: "ann@home.test" }, "{ARGON2ID}x", true],
  [{ ref: "zoneFile", zone: "home.test" }, ZONE_TEXT, false],
];

test.each(REFS)("resolves %o", async (ref, expected, secret) => {
  const { result } = await deploy(
    () => {
      const output = make().resolve(ref);
      return { value: valueOf(output), secret: pulumi.isSecret(output) };
    },
    { outputs: COMPUTED },
  );
  expect(await result.value).toBe(expected);
  expect(await result.secret).toBe(secret);
});

test("names what the plan does not have", async () => {
  await expect(
    deploy(() => make().resolve({ ref: "password", password: "other" }), { outputs: COMPUTED }),
  ).rejects.toThrow("The plan refers to the password other, which it does not have.");
});

test("exists in a preview, before any key does", async () => {
  const { resources } = await deploy(make, { preview: true });
  expect(resources).toHaveLength(9);
  expect(createPublicKey(PUBLIC_PEM).asymmetricKeyType).toBe("rsa");
});
