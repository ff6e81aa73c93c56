/** What is said of providers, by stand-ins for their interfaces on the loopback. */
import { createVerify, generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { plan as makePlan } from "../../../components/plan/plan.ts";
import { checkCloudflare } from "../../../tools/preflight/clouds/cloudflare.ts";
import { checkDigitalOcean } from "../../../tools/preflight/clouds/digitalocean.ts";
import { checkGoogle } from "../../../tools/preflight/clouds/google.ts";
import { ENDPOINTS } from "../../../tools/preflight/clouds/http.ts";
import { checkProviders } from "../../../tools/preflight/providers.ts";
import { checkRpki } from "../../../tools/preflight/rpki.ts";
import type { Verdict } from "../../../tools/preflight/verdict.ts";
import { templateSettings } from "../settings/template.ts";
import { type Answers, type CloudServer, cloudServer } from "./cloud-server.ts";

let server: CloudServer | undefined;
afterEach(async () => {
  await server?.close();
});
async function serving(answers: Answers): Promise<CloudServer> {
  server = await cloudServer(answers);
  return server;
}
const told = (verdicts: readonly Verdict[]): string[] =>
  verdicts.map(({ check, where, level, says }) => `${check} of ${where}: ${level}. ${says}`);

describe("DigitalOcean", () => {
  const account = { status: "active", status_message: "", droplet_limit: 3, volume_limit: 10 };
  const size = (slug: string, ...regions: string[]) => ({ slug, available: true, regions });
  const SOUND: Answers = {
    "/v2/account": [200, { account }],
    "/v2/droplets?per_page=1": [200, { meta: { total: 1 } }],
    "/v2/volumes?per_page=1": [200, { meta: { total: 0 } }],
    "/v2/regions?per_page=200": [
      200,
      {
        regions: [
          { slug: "fra1", available: true },
          { slug: "ams3", available: true },
          { slug: "nyc2", available: false },
        ],
      },
    ],
    "/v2/sizes?per_page=200": [200, { sizes: [size("s-1vcpu-2gb", "fra1", "ams3"), size("s-2vcpu-4gb", "ams3")] }],
    "/v2/images/debian-13-x64": [200, { image: {} }],
  };
  const droplet = { site: "alpha", region: "fra1", size: "s-1vcpu-2gb", image: "debian-13-x64" };
  const check = async (changes: Answers, droplets = [droplet]): Promise<string[]> => {
    const { base } = await serving({ ...SOUND, ...changes });
    return told(await checkDigitalOcean({ base, token: "dop_v1_token", from: "DIGITALOCEAN_TOKEN", droplets }));
  };
  const SAID = [
    "credentials of digitalocean: ok. The token in DIGITALOCEAN_TOKEN opens an active account.",
    "quota of digitalocean droplets: ok. 1 of at most 3 are there, and 1 will be made.",
    "quota of digitalocean volumes: ok. 0 of at most 10 are there, and 1 will be made.",
    "machine of alpha: ok. s-1vcpu-2gb is to be had in fra1.",
  ];

  it("is asked for little, with the token, when all is well", async () => {
    expect(await check({})).toEqual(SAID);
    expect(server?.asked.every(({ token }) => token === "dop_v1_token")).toBe(true);
  });

  it("is not asked what it offers when all machines are there", async () => {
    expect(await check({}, [])).toEqual(SAID.slice(0, 1));
    expect(server?.asked).toHaveLength(1);
  });

  it.each<[string, Answers, typeof droplet, string]>([
    [
      "a limit",
      { "/v2/account": [200, { account: { ...account, droplet_limit: 1 } }] },
      droplet,
      "quota of digitalocean droplets: problem. 1 of at most 1 are there, and 1 will be made: that is too many.",
    ],
    [
      "a locked account",
      { "/v2/account": [200, { account: { ...account, status: "locked", status_message: "pay" } }] },
      droplet,
      "credentials of digitalocean: problem. The account is locked: pay.",
    ],
    [
      "a region that it does not have",
      {},
      { ...droplet, region: "fra9" },
      "machine of alpha: problem. DigitalOcean has no region fra9 for new droplets.",
    ],
    [
      "a region that takes no more",
      {},
      { ...droplet, region: "nyc2" },
      "machine of alpha: problem. DigitalOcean has no region nyc2 for new droplets.",
    ],
    [
      "a size that it does not have",
      {},
      { ...droplet, size: "s-9vcpu" },
      "machine of alpha: problem. DigitalOcean has no size s-9vcpu.",
    ],
    [
      "a size that is elsewhere",
      {},
      { ...droplet, size: "s-2vcpu-4gb" },
      "machine of alpha: problem. s-2vcpu-4gb is not to be had in fra1, only in ams3.",
    ],
    [
      "an image that it does not have",
      {},
      { ...droplet, image: "debian-99" },
      "image of digitalocean debian-99: problem. DigitalOcean has no image debian-99.",
    ],
    [
      "a list that does not come",
      { "/v2/regions?per_page=200": [503, {}] },
      droplet,
      "machine of alpha: unknown. What DigitalOcean offers is not told: it says 503.",
    ],
    [
      "a number that is not told",
      { "/v2/droplets?per_page=1": [200, {}] },
      droplet,
      "quota of digitalocean droplets: unknown. How many droplets there are is not told: its answer is not understood.",
    ],
  ])("tells of %s", async (_, answers, one, says) => {
    expect(await check(answers, [one])).toContain(says);
  });

  it.each<[string, Answers, string]>([
    ["refuses a token", { "/v2/account": [401, {}] }, "problem. DigitalOcean refuses the token in DIGITALOCEAN_TOKEN."],
    ["cannot be asked", { "/v2/account": [500, {}] }, "unknown. DigitalOcean cannot be asked: it says 500."],
  ])("%s", async (_, answers, says) => {
    expect(await check(answers)).toEqual([`credentials of digitalocean: ${says}`]);
  });

  it("that is not reached says so, and which regions there are where one is wrong", async () => {
    const args = { token: "t", from: "X", droplets: [{ ...droplet, region: "fra9" }] };
    const [gone] = await checkDigitalOcean({ ...args, base: "http://127.0.0.1:1" });
    expect(gone).toMatchObject({ level: "unknown", says: expect.stringContaining("it is not reached") as unknown });
    const { base } = await serving(SOUND);
    expect((await checkDigitalOcean({ ...args, base })).find(({ check }) => check === "machine")?.fix).toBe(
      "Choose one of ams3, fra1.",
    );
  });
});

describe("Cloudflare", () => {
  const zone = (result: object): readonly [number, unknown] => [
    200,
    { result: { name: "club.example", status: "active", name_servers: ["Bo.NS.example", "al.ns.example"], ...result } },
  ];
  const VERIFIED = [200, { result: { status: "active" } }] as const;
  const check = async (verify: readonly [number, unknown], answer: readonly [number, unknown]) => {
    const { base } = await serving({ "/client/v4/user/tokens/verify": verify, "/client/v4/zones/0abc": answer });
    return await checkCloudflare({
      base,
      token: "t",
      from: "CLOUDFLARE_API_TOKEN",
      zones: [{ name: "club.example", zoneId: "0abc" }],
    });
  };
  it.each<[string, readonly [number, unknown], readonly [number, unknown], string[]]>([
    [
      "lets us in",
      VERIFIED,
      zone({}),
      [
        "credentials of cloudflare: ok. The token in CLOUDFLARE_API_TOKEN is active.",
        "zone of cloudflare club.example: ok. Cloudflare has club.example, and it is active.",
      ],
    ],
    [
      "has a zone that nobody leads to",
      VERIFIED,
      zone({ status: "pending" }),
      [
        "credentials of cloudflare: ok. The token in CLOUDFLARE_API_TOKEN is active.",
        "zone of cloudflare club.example: warning. Cloudflare has club.example, but it is pending: the registrar does not lead there yet.",
      ],
    ],
    [
      "has another zone with that id",
      VERIFIED,
      zone({ name: "other.example" }),
      [
        "credentials of cloudflare: ok. The token in CLOUDFLARE_API_TOKEN is active.",
        "zone of cloudflare club.example: problem. The zone with the id 0abc is other.example, not club.example.",
      ],
    ],
    [
      "takes a token of an account",
      [401, {}],
      zone({}),
      [
        "credentials of cloudflare: ok. The token in CLOUDFLARE_API_TOKEN is active.",
        "zone of cloudflare club.example: ok. Cloudflare has club.example, and it is active.",
      ],
    ],
    [
      "refuses",
      [401, {}],
      [403, {}],
      [
        "credentials of cloudflare: problem. Cloudflare refuses the token in CLOUDFLARE_API_TOKEN.",
        "zone of cloudflare club.example: problem. The token cannot read the zone club.example (id 0abc).",
      ],
    ],
    [
      "knows an old token",
      [200, { result: { status: "expired" } }],
      [403, {}],
      [
        "credentials of cloudflare: problem. The token in CLOUDFLARE_API_TOKEN is expired.",
        "zone of cloudflare club.example: problem. The token cannot read the zone club.example (id 0abc).",
      ],
    ],
    [
      "is out of order",
      [502, {}],
      [502, {}],
      [
        "credentials of cloudflare: unknown. Cloudflare cannot be asked: it says 502.",
        "zone of cloudflare club.example: unknown. Cloudflare cannot be asked about club.example: it says 502.",
      ],
    ],
  ])("%s", async (_, verify, answer, says) => {
    expect(told((await check(verify, answer)).verdicts)).toEqual(says);
  });

  it("tells which servers have a zone", async () => {
    expect([...(await check(VERIFIED, zone({}))).servers]).toEqual([
      ["club.example", ["bo.ns.example", "al.ns.example"]],
    ]);
  });
});

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
    ],
  });
  const SOUND: Answers = {
    "/token": [200, { access_token: "ya29" }],
    [`${project}/zones/europe-west3-a`]: [200, {}],
    [`${project}/zones/europe-west3-a/machineTypes/e2-small`]: [200, {}],
    [`${project}/regions/europe-west3`]: [200, quotas(1)],
    [`${project}/zones`]: [200, { items: [{ name: "europe-west3-a" }, { name: "us-east1-b" }] }],
    "/dns/v1/projects/mailkeep-test/managedZones?dnsName=home.example.": [
      200,
      { managedZones: [{ dnsName: "home.example.", nameServers: ["ns-1.example."] }] },
    ],
  };
  const instance = { site: "bravo", project: "mailkeep-test", zone: "europe-west3-a", machineType: "e2-small" };
  const check = async (
    changes: Answers,
    one = instance,
    credential = { from: "GOOGLE_CREDENTIALS", value: JSON.stringify(key) },
  ) => {
    const { base } = await serving({ ...SOUND, ...changes });
    const endpoints = { googleCompute: base, googleDns: base, googleToken: `${base}/token` };
    return await checkGoogle({
      endpoints,
      credential,
      instances: [one],
      zones: [{ name: "home.example", project: "mailkeep-test" }],
    });
  };

  it("lets in who signs with a service account's key", async () => {
    const { verdicts, servers } = await check({});
    expect(told(verdicts)).toEqual([
      "credentials of google: ok. What GOOGLE_CREDENTIALS has lets us in.",
      "machine of bravo: ok. e2-small is to be had in europe-west3-a.",
      "quota of google europe-west3: ok. There is room for one more machine and its address.",
    ]);
    expect([...servers]).toEqual([["home.example", ["ns-1.example"]]]);
    const [first, ...others] = server?.asked ?? [];
    const [head = "", claims = "", signature = ""] = (new URLSearchParams(first?.body).get("assertion") ?? "").split(
      ".",
    );
    expect(createVerify("RSA-SHA256").update(`${head}.${claims}`).verify(pair.publicKey, signature, "base64url")).toBe(
      true,
    );
    expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({
      iss: key.client_email,
      aud: `${server?.base ?? ""}/token`,
    });
    expect(others.every(({ token }) => token === "ya29")).toBe(true);
  });

  it("takes the path of a key, and a token as it is", async () => {
    const folder = await mkdtemp(join(tmpdir(), "mk-google-"));
    try {
      await writeFile(join(folder, "key.json"), JSON.stringify(key));
      const byPath = await check({}, instance, {
        from: "GOOGLE_APPLICATION_CREDENTIALS",
        value: join(folder, "key.json"),
      });
      expect(byPath.verdicts[0]?.level).toBe("ok");
      await server?.close();
      await check({ "/token": [500, {}] }, instance, { from: "GOOGLE_OAUTH_ACCESS_TOKEN", value: "ya29.own" });
      expect(server?.asked[0]?.token).toBe("ya29.own");
    } finally {
      await rm(folder, { recursive: true });
    }
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
      "quota of google europe-west3: problem. The region has nothing left of STATIC_ADDRESSES (8 of 8).",
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
    ["no key", { from: "GOOGLE_CREDENTIALS", value: "{}" }, {}, "it is no key of a service account"],
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

describe("a route", () => {
  const ORIGIN = "/data/network-info/data.json?resource=93.184.215.14";
  const VALIDATION = "/data/rpki-validation/data.json?resource=AS15133&prefix=93.184.215.0%2F24";
  const origin = (data: object): Answers => ({ [ORIGIN]: [200, { data }] });
  const known = origin({ asns: ["15133"], prefix: "93.184.215.0/24" });
  it.each<[string, Answers, string]>([
    ["valid", { ...known, [VALIDATION]: [200, { data: { status: "valid" } }] }, "ok"],
    ["invalid", { ...known, [VALIDATION]: [200, { data: { status: "invalid_asn" } }] }, "problem"],
    ["without an answer", known, "unknown"],
    ["that nobody sees", origin({ asns: [], prefix: null }), "warning"],
    ["that cannot be asked about", {}, "unknown"],
  ])("%s", async (_, answers, level) => {
    const { base } = await serving(answers);
    expect((await checkRpki(base, "alpha", "93.184.215.14")).level).toBe(level);
  });

  it("to an address for documentation is not asked about", async () => {
    const { base } = await serving({});
    expect((await checkRpki(base, "alpha", "192.0.2.1")).level).toBe("unknown");
    expect(server?.asked).toEqual([]);
  });
});

describe("a stack", () => {
  const plan = makePlan("production", templateSettings("production"));
  const known = { made: new Set<string>(), config: {} };

  it("without credentials is told of all of them, with their variables", async () => {
    const { verdicts } = await checkProviders({ plan, known, environment: {}, endpoints: ENDPOINTS });
    expect(told(verdicts)).toEqual([
      "credentials of -: problem. The zone mailkeep.example is at cloudflare, which wants credentials.",
      "credentials of -: problem. The zone club.example is at cloudflare, which wants credentials.",
      "credentials of -: problem. The machine of alpha is made at digitalocean, which wants credentials.",
      "credentials of -: problem. The machine of bravo is made at google, which wants credentials.",
      "credentials of -: problem. The machine of charlie is made at digitalocean, which wants credentials.",
    ]);
    expect(verdicts[0]?.fix).toBe(
      "Set the variable CLOUDFLARE_API_TOKEN, or run `pulumi config set --secret cloudflare:apiToken`.",
    );
  });

  it("asks those that it has credentials for, by configuration too, for what is still to be made", async () => {
    const { base } = await serving({ "/v2/account": [200, { account: { status: "active", droplet_limit: 9 } }] });
    const endpoints = {
      ...ENDPOINTS,
      digitalocean: base,
      cloudflare: base,
      googleCompute: base,
      googleDns: base,
      googleToken: base,
    };
    const config = { "digitalocean:token": "d", "cloudflare:apiToken": "c", "gcp:accessToken": "g" };
    const { verdicts } = await checkProviders({
      plan,
      known: { made: new Set(["alpha", "bravo"]), config },
      environment: {},
      endpoints,
    });
    expect(verdicts.filter(({ check }) => check === "machine").map(({ where }) => where)).toEqual(["charlie"]);
    const tokens = new Set(server?.asked.map(({ token }) => token));
    expect(tokens).toEqual(new Set(["d", "c"]));
  });
});
