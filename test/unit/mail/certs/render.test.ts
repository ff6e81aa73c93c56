import { expect, test } from "vitest";
import { certsEnvironment } from "../../../../components/mail/certs/render.ts";
import { certsWorkload } from "../../../../components/mail/certs/workload.ts";
import { isSecret } from "../../../../components/plan/text.ts";
import { goldenText } from "../golden-text.ts";
import { alpha, directory, siteWith } from "../site-context.ts";

const workload = certsWorkload(alpha);
const publicDirectory = { ...directory, directoryUrl: "https://acme.example/dir", serverCa: undefined };

test.each(Object.entries(workload.files))("%s is as in its golden file", async (file, text) => {
  await expect(goldenText(text)).toMatchFileSnapshot(`golden/${file}`);
});

test("the keeper's configuration is as in its golden file", async () => {
  await expect(JSON.stringify(workload.keeper, null, 2) + "\n").toMatchFileSnapshot("golden/keeper.json");
});

test("the keys for updates and of the account are secret files, nothing else is, and the environment only names the one", () => {
  expect(Object.entries(workload.files).flatMap(([file, text]) => (isSecret(text) ? [file] : []))).toEqual([
    "account.key",
    "tsig.secret",
  ]);
  expect(workload.keeper.environment?.["RFC2136_TSIG_SECRET_FILE"]).toBe("/run/conf/tsig.secret");
});

test("the site's private key is not in this container", () => {
  const refs = Object.values(workload.files).flatMap((text) => (typeof text === "string" ? [] : text));
  expect(refs.filter((part) => typeof part !== "string" && part.ref.startsWith("privateKey"))).toEqual([
    { ref: "privateKeyTraditional", key: "acme-account" },
  ]);
});

test("a public directory is verified with the system's authorities", () => {
  const { files, keeper } = certsWorkload(siteWith({ acme: publicDirectory }));
  expect(Object.keys(files)).toEqual(["csr.pem", "web/1.csr", "interim.pem", "account.key", "tsig.secret"]);
  expect(keeper.environment).not.toHaveProperty("LEGO_CA_CERTIFICATES");
});

test("over HTTP it is shown the key of the account that all sites share, and where they are", () => {
  const addresses = ["192.0.2.1", "2001:db8::1", "192.0.2.2"];
  const proof = { by: "http", addresses } as const;
  const { files, keeper } = certsWorkload(siteWith({ acme: { ...publicDirectory, proof } }));
  expect(Object.entries(files).flatMap(([file, text]) => (isSecret(text) ? [file] : []))).toEqual(["account.key"]);
  expect(files["addresses"]).toBe("192.0.2.1\n2001:db8::1\n192.0.2.2\n");
  const { ACME_DIRECTORY, ACME_EMAIL, LEGO_PATH, ...others } = keeper.environment ?? {};
  expect([ACME_DIRECTORY, ACME_EMAIL, LEGO_PATH].every((value) => value !== undefined)).toBe(true);
  expect(others).toEqual({ ACME_PROOF: "http" });
});

test.each([
  ["cloudflare", undefined, { ACME_PROOF: "cloudflare", CLOUDFLARE_DNS_API_TOKEN_FILE: "/run/conf/dns.token" }],
  ["digitalocean", undefined, { ACME_PROOF: "digitalocean", DO_AUTH_TOKEN_FILE: "/run/conf/dns.token" }],
  ["google", "p-1", { ACME_PROOF: "gcloud", GCE_SERVICE_ACCOUNT_FILE: "/run/conf/dns.token", GCE_PROJECT: "p-1" }],
] as const)("a zone at %s takes the proof, with a token that is a secret file", (provider, project, environment) => {
  const proof = { by: "provider", provider, zone: "mailkeep.test", project } as const;
  const { files, keeper } = certsWorkload(siteWith({ acme: { ...publicDirectory, proof } }));
  expect(Object.entries(files).flatMap(([file, text]) => (isSecret(text) ? [file] : []))).toEqual([
    "account.key",
    "dns.token",
  ]);
  const { ACME_DIRECTORY, ACME_EMAIL, LEGO_PATH, ...others } = keeper.environment ?? {};
  expect([ACME_DIRECTORY, ACME_EMAIL, LEGO_PATH].every((value) => value !== undefined)).toBe(true);
  expect(others).toEqual(environment);
});

test.each([
  ["certs", "192.0.2.1", "certs.", "192.0.2.1:53"],
  ["certs.", "2001:db8::1", "certs.", "[2001:db8::1]:53"],
])("the key %s at the server %s", (tsigName, server, key, nameserver) => {
  const environment = certsEnvironment({
    ...directory,
    proof: { by: "update", tsigPassword: "tsig/alpha", tsigName, server },
  });
  expect(environment).toMatchObject({ RFC2136_TSIG_KEY: key, RFC2136_NAMESERVER: nameserver });
});

test("sites ask one after the other, the first at once", () => {
  const turn = (turnSeconds: number) => certsEnvironment({ ...directory, turnSeconds })["ACME_TURN_SECONDS"];
  expect([0, 20].map(turn)).toEqual([undefined, "20"]);
});
