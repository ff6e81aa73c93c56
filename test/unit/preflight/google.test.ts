/** What is said of Google, by a stand-in for its interfaces on the loopback. */
import { createVerify, generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { checkGoogle } from "../../../tools/preflight/clouds/google.ts";
import { type Answers, lastServer, serving, told } from "./cloud-server.ts";

describe("Google", () => {
  const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = {
    client_email: "mailkeep@p.example",
    private_key: pair.privateKey.export({ type: "pkcs8", format: "pem" }),
  };
  const project = "/compute/v1/projects/mailkeep-test";
  const quotas = (usage: number) => ({
    quotas: [
      { metric: "INSTANCES", limit: 24, usage },
      { metric: "STATIC_ADDRESSES", limit: 8, usage },
      { metric: "CPUS", limit: 24, usage: 2 },
      { metric: "N2_CPUS", limit: 4, usage: 2 },
      { metric: "SSD_TOTAL_GB", limit: 500, usage: 250 },
    ],
  });
  const OWNED = "/siteVerification/v1/webResource";
  const image = "/compute/v1/projects/debian-cloud/global/images";
  const SOUND: Answers = {
    "/token": [200, { access_token: "ya29" }],
    [`${project}/zones/europe-west3-a`]: [200, {}],
    [`${project}/zones/europe-west3-a/machineTypes/e2-small`]: [200, { guestCpus: 2 }],
    [`${project}/zones/europe-west3-a/machineTypes/n2-standard-2`]: [200, { guestCpus: 2 }],
    [`${image}/family/debian-13`]: [200, {}],
    [`${image}/debian-13-trixie-v20261101`]: [200, {}],
    [`${project}/regions/europe-west3`]: [200, quotas(1)],
    [`${project}/zones`]: [200, { items: [{ name: "europe-west3-a" }, { name: "us-east1-b" }] }],
    [OWNED]: [200, { items: [{ site: { type: "INET_DOMAIN", identifier: "home.example" } }] }],
    "/dns/v1/projects/mailkeep-test/managedZones?dnsName=home.example.": [
      200,
      { managedZones: [{ dnsName: "home.example.", nameServers: ["ns-1.example."] }] },
    ],
  };
  const instance = {
    site: "bravo",
    project: "mailkeep-test",
    zone: "europe-west3-a",
    machineType: "e2-small",
    image: "debian-cloud/debian-13",
    mailDiskGiB: 100,
    hostname: "bravo.home.example",
  };
  const check = async (
    changes: Answers,
    one: typeof instance | readonly (typeof instance)[] = instance,
    credential = { from: "GOOGLE_CREDENTIALS", value: JSON.stringify(key) },
  ) => {
    const { base } = await serving({ ...SOUND, ...changes });
    const endpoints = { googleCompute: base, googleDns: base, googleOwners: base, googleToken: `${base}/token` };
    return await checkGoogle({
      endpoints,
      credential,
      instances: [one].flat(),
      zones: [{ name: "home.example", project: "mailkeep-test" }],
    });
  };

  it("lets in who signs with a service account's key", async () => {
    const { verdicts, servers } = await check({});
    expect(told(verdicts)).toEqual([
      "credentials of google: ok. What GOOGLE_CREDENTIALS has lets us in.",
      "machine of bravo: ok. e2-small is to be had in europe-west3-a.",
      "quota of google europe-west3: ok. There is room for the machine, its address and its disks.",
      "owner of bravo: ok. Google knows mailkeep@p.example as an owner of the domain of bravo.home.example.",
    ]);
    expect([...servers]).toEqual([["home.example", ["ns-1.example"]]]);
    const [first, ...others] = lastServer()?.asked ?? [];
    const [head = "", claims = "", signature = ""] = (new URLSearchParams(first?.body).get("assertion") ?? "").split(
      ".",
    );
    expect(createVerify("RSA-SHA256").update(`${head}.${claims}`).verify(pair.publicKey, signature, "base64url")).toBe(
      true,
    );
    expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({
      iss: key.client_email,
      aud: `${lastServer()?.base ?? ""}/token`,
    });
    expect(others.every(({ path, token }) => path === "/token" || token === "ya29")).toBe(true);
  });

  it.each<[string, Answers, string, string]>([
    [
      "are those of a domain above it",
      { [OWNED]: [200, { items: [{ site: { type: "SITE", identifier: "https://Home.example/" } }] }] },
      "ok",
      "Google knows mailkeep@p.example as an owner",
    ],
    ["there are none", { [OWNED]: [200, {}] }, "problem", "Google does not know mailkeep@p.example as an owner"],
    [
      "are of a domain that only ends like it",
      { [OWNED]: [200, { items: [{ site: { type: "INET_DOMAIN", identifier: "me.example" } }] }] },
      "problem",
      "and makes no machine with that name before.",
    ],
    [
      "are not told",
      { [OWNED]: [403, {}] },
      "unknown",
      "Whether Google knows mailkeep@p.example as an owner of the domain of bravo.home.example is not told.",
    ],
  ])(
    "says whether the account owns the domain of an instance's name, where its proofs %s",
    async (_, answers, level, says) => {
      const { verdicts } = await check(answers);
      const [found, ...more] = verdicts.filter(({ check: of }) => of === "owner");
      expect(more).toEqual([]);
      expect(found).toMatchObject({ level, says: expect.stringContaining(says) as string });
      if (level !== "ok") expect(found?.fix).toContain("and add mailkeep@p.example there as an owner.");
      const scopes = (lastServer()?.asked ?? []).flatMap(({ body }) => {
        const claims = (new URLSearchParams(body).get("assertion") ?? "").split(".")[1];
        return claims === undefined
          ? []
          : [z.object({ scope: z.string() }).parse(JSON.parse(Buffer.from(claims, "base64url").toString())).scope];
      });
      expect(scopes).toEqual([
        "https://www.googleapis.com/auth/cloud-platform.read-only",
        "https://www.googleapis.com/auth/siteverification",
      ]);
    },
  );

  it("takes the path of a key, and a token as it is", async () => {
    const folder = await mkdtemp(join(tmpdir(), "mk-google-"));
    try {
      await writeFile(join(folder, "key.json"), JSON.stringify(key));
      const byPath = await check({}, instance, {
        from: "GOOGLE_APPLICATION_CREDENTIALS",
        value: join(folder, "key.json"),
      });
      expect(byPath.verdicts[0]?.level).toBe("ok");
      await lastServer()?.close();
      await check({ "/token": [500, {}] }, instance, { from: "GOOGLE_OAUTH_ACCESS_TOKEN", value: "ya29.own" });
      expect(lastServer()?.asked[0]?.token).toBe("ya29.own");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each([
    "debian-13",
    "debian-cloud/debian-13-trixie-v20261101",
    "projects/debian-cloud/global/images/family/debian-13",
  ])("knows an image in any form: %s", async (name) => {
    const { verdicts } = await check({}, { ...instance, image: name });
    expect(verdicts.filter(({ check: of }) => of === "image")).toEqual([]);
  });

  it("judges the machines of a region together", async () => {
    const instances = [
      instance,
      { ...instance, site: "charlie" },
      { ...instance, site: "delta", machineType: "e9-huge" },
    ];
    const { verdicts } = await check({}, instances);
    expect(told(verdicts.filter(({ check: of }) => of === "quota"))).toEqual([
      "quota of google europe-west3: ok. There is room for the 2 machines, their addresses and disks.",
    ]);
    const larger = await check(
      {},
      instances.map((one) => ({ ...one, mailDiskGiB: 120 })),
    );
    expect(told(larger.verdicts.filter(({ check: of }) => of === "quota"))).toEqual([
      "quota of google europe-west3: problem. The region has not enough left of SSD_TOTAL_GB (250 of 500 taken, 280 more wanted).",
    ]);
  });

  it("takes what a person logs in with, and asks for a token by it", async () => {
    const person = { type: "authorized_user", client_id: "id", client_secret: "cs", refresh_token: "1//r" };
    const credential = { from: "GOOGLE_APPLICATION_CREDENTIALS", value: JSON.stringify(person) };
    const { verdicts } = await check({}, instance, credential);
    expect(verdicts[0]?.level).toBe("ok");
    const [first, ...others] = lastServer()?.asked ?? [];
    expect(Object.fromEntries(new URLSearchParams(first?.body))).toEqual({
      grant_type: "refresh_token",
      client_id: "id",
      client_secret: "cs",
      refresh_token: "1//r",
    });
    expect(others.every(({ path, token }) => path === "/token" || token === "ya29")).toBe(true);
  });

  it("is not told of as refusing when it is out of order", async () => {
    const { verdicts } = await check({ "/token": [503, {}] });
    expect(told(verdicts)).toEqual([
      "credentials of google: unknown. Whether what GOOGLE_CREDENTIALS has lets us in is not told: Google says 503.",
    ]);
  });

  it.each<[string, Answers, Partial<typeof instance>, string]>([
    [
      "a zone that it does not have",
      {},
      { zone: "europe-west9-x" },
      "machine of bravo: problem. Google has no zone europe-west9-x for mailkeep-test.",
    ],
    [
      "a type that it does not have",
      {},
      { machineType: "e9-huge" },
      "machine of bravo: problem. Google has no machine type e9-huge in europe-west3-a.",
    ],
    [
      "a project that is not ours",
      { [`${project}/zones/europe-west3-a`]: [403, {}] },
      {},
      "machine of bravo: problem. The project mailkeep-test may not be read.",
    ],
    [
      "a region that is full",
      { [`${project}/regions/europe-west3`]: [200, quotas(8)] },
      {},
      "quota of google europe-west3: problem. The region has not enough left of STATIC_ADDRESSES (8 of 8 taken, 1 more wanted).",
    ],
    [
      "a family of machines that has nothing left",
      { [`${project}/regions/europe-west3`]: [200, { quotas: [{ metric: "N2_CPUS", limit: 4, usage: 3 }] }] },
      { machineType: "n2-standard-2" },
      "quota of google europe-west3: problem. The region has not enough left of N2_CPUS (3 of 4 taken, 2 more wanted).",
    ],
    [
      "a disk for which there is no room",
      {},
      { mailDiskGiB: 240 },
      "quota of google europe-west3: problem. The region has not enough left of SSD_TOTAL_GB (250 of 500 taken, 260 more wanted).",
    ],
    [
      "an image that nobody has",
      {},
      { image: "debian-cloud/debian-31" },
      "image of google debian-cloud/debian-31: problem. Google has no image debian-cloud/debian-31.",
    ],
    [
      "quotas that are not told",
      { [`${project}/regions/europe-west3`]: [503, {}] },
      {},
      "quota of google europe-west3: unknown. Quotas are not told: it says 503.",
    ],
    [
      "zones that may not be read",
      { "/dns/v1/projects/mailkeep-test/managedZones?dnsName=home.example.": [403, {}] },
      {},
      "zone of google home.example: problem. The project's zones may not be read.",
    ],
    [
      "an answer that does not come",
      { [`${project}/zones/europe-west3-a`]: [500, {}] },
      {},
      "machine of bravo: unknown. What Google offers is not told: it says 500.",
    ],
  ])("tells of %s", async (_, answers, changes, says) => {
    expect(told((await check(answers, { ...instance, ...changes })).verdicts)).toContain(says);
  });

  it.each([
    [
      "no file",
      { from: "GOOGLE_APPLICATION_CREDENTIALS", value: "/nowhere/key.json" },
      {},
      "there is no file /nowhere/key.json",
    ],
    [
      "no key",
      { from: "GOOGLE_CREDENTIALS", value: "{}" },
      {},
      "it is neither the key of a service account nor what a person logs in with",
    ],
    [
      "a key that is cut off",
      { from: "GOOGLE_CREDENTIALS", value: JSON.stringify({ ...key, private_key: "x" }) },
      {},
      "its private key cannot be read",
    ],
    [
      "a key that is revoked",
      { from: "GOOGLE_CREDENTIALS", value: JSON.stringify(key) },
      { "/token": [400, {}] } satisfies Answers,
      "Google refuses it (400)",
    ],
  ])("is not asked further with %s", async (_, credential, answers, says) => {
    const { verdicts } = await check(answers, instance, credential);
    expect(told(verdicts)).toEqual([
      `credentials of google: problem. What ${credential.from} has does not let us in: ${says}.`,
    ]);
  });
});
