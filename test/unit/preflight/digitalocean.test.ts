/** What is said of DigitalOcean, by a stand-in for its interface on the loopback. */
import { describe, expect, it } from "vitest";
import { checkDigitalOcean } from "../../../tools/preflight/clouds/digitalocean.ts";
import { type Answers, lastServer, serving, told } from "./cloud-server.ts";

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
    expect(lastServer()?.asked.every(({ token }) => token === "dop_v1_token")).toBe(true);
  });

  it("is not asked what it offers when all machines are there", async () => {
    expect(await check({}, [])).toEqual(SAID.slice(0, 1));
    expect(lastServer()?.asked).toHaveLength(1);
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
