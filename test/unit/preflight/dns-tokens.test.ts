/** Tokens that the sites renew their certificates with, tried at stand-ins on the loopback. */
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { checkDnsTokens, type DnsTokensArgs } from "../../../tools/preflight/clouds/dns-tokens.ts";
import { type Answers, lastServer, serving, told } from "./cloud-server.ts";

const ZONE = "home.example";
const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
const KEY = JSON.stringify({
  client_email: "dns@p.example",
  private_key: pair.privateKey.export({ type: "pkcs8", format: "pem" }),
});

const AT_CLOUDFLARE = "/client/v4/zones/0abc";
const AT_DIGITALOCEAN = `/v2/domains/${ZONE}/records?per_page=1`;
const AT_GOOGLE = `/dns/v1/projects/post/managedZones?dnsName=${ZONE}.`;
const SOUND: Answers = {
  [AT_CLOUDFLARE]: [200, {}],
  [`${AT_CLOUDFLARE}/dns_records?per_page=1`]: [200, {}],
  [AT_DIGITALOCEAN]: [200, {}],
  "/token": [200, { access_token: "ya29" }],
  [AT_GOOGLE]: [200, {}],
};

type Provider = DnsTokensArgs["zones"][number]["provider"];

async function check(provider: Provider, changes: Answers, tokens: unknown = { [ZONE]: "atoken" }): Promise<string[]> {
  const { base } = await serving({ ...SOUND, ...changes });
  const endpoints = { cloudflare: base, digitalocean: base, googleDns: base, googleToken: `${base}/token` };
  const config = { "mailkeep:dnsTokens": typeof tokens === "string" ? tokens : JSON.stringify(tokens) };
  return told(
    await checkDnsTokens({ endpoints, config, zones: [{ name: ZONE, provider, zoneId: "0abc", project: "post" }] }),
  );
}

const OK = [`credentials of dnsTokens ${ZONE}: ok. It opens the records of the zone.`];
const REFUSED = [
  `credentials of dnsTokens ${ZONE}: problem. It does not open the records of the zone, so the sites would get no certificates.`,
];

describe("a token of the sites", () => {
  it.each<[Provider, number]>([
    ["cloudflare", 2],
    ["digitalocean", 1],
  ])("that opens its zone at %s is well, and has read alone", async (provider, reads) => {
    expect(await check(provider, {})).toEqual(OK);
    expect(lastServer()?.asked.map(({ token, body }) => [token, body])).toEqual(
      Array.from({ length: reads }, () => ["atoken", ""]),
    );
  });

  it("that is a service account's key opens its zone at Google", async () => {
    expect(await check("google", {}, { [ZONE]: KEY })).toEqual(OK);
    expect(lastServer()?.asked.at(-1)).toMatchObject({ path: AT_GOOGLE, token: "ya29" });
  });

  it.each<[string, Provider, Answers, unknown]>([
    ["that may not read the zone", "cloudflare", { [AT_CLOUDFLARE]: [403, {}] }, { [ZONE]: "atoken" }],
    [
      "that may read the zone, and not its records",
      "cloudflare",
      { [`${AT_CLOUDFLARE}/dns_records?per_page=1`]: [403, {}] },
      { [ZONE]: "atoken" },
    ],
    ["that was taken back", "digitalocean", { [AT_DIGITALOCEAN]: [401, {}] }, { [ZONE]: "atoken" }],
    ["that is no key", "google", {}, { [ZONE]: "atoken" }],
    ["whose key was taken back", "google", { "/token": [400, {}] }, { [ZONE]: KEY }],
  ])("is a problem: one %s", async (_, provider, answers, tokens) => {
    expect(await check(provider, answers, tokens)).toEqual(REFUSED);
  });

  it.each<[string, Provider, Answers, string]>([
    [
      "for a zone that is yet to be made",
      "digitalocean",
      { [AT_DIGITALOCEAN]: [404, {}] },
      "The zone is not there, or the token does not see it.",
    ],
    [
      "whose provider is out of order",
      "cloudflare",
      { [AT_CLOUDFLARE]: [503, {}] },
      "The provider cannot be asked: it says 503.",
    ],
  ])("cannot be told of: one %s", async (_, provider, answers, says) => {
    expect(await check(provider, answers)).toEqual([`credentials of dnsTokens ${ZONE}: unknown. ${says}`]);
  });

  it.each<[string, Provider, unknown]>([
    ["none is given", "cloudflare", {}],
    ["what is given is no group of tokens", "cloudflare", "[1"],
    ["the zone is kept by hand", "print", { [ZONE]: "atoken" }],
  ])("is not asked for where %s", async (_, provider, tokens) => {
    expect(await check(provider, {}, tokens)).toEqual([]);
    expect(lastServer()?.asked).toEqual([]);
  });
});
