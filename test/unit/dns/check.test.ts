/** What must hold for domains without mail, keys that change, and zones with their providers. */
import { describe, expect, it } from "vitest";
import type { Problem } from "../../../components/settings/problem.ts";
import { localRaw } from "../settings/local.ts";
import { problemsOf } from "../settings/problems.ts";

const changed = (changes: Readonly<Record<string, unknown>>): unknown => ({ ...localRaw(), ...changes });
const zones = (...dnsZones: readonly object[]): unknown => changed({ dnsZones });

const cloudflare = { name: "home.test", provider: "cloudflare", zoneId: "abc" };

describe("sound settings", () => {
  it.each<[string, unknown]>([
    [
      "zones with each provider",
      zones(
        cloudflare,
        { name: "mailkeep.test", provider: "google", project: "post" },
        { name: "club.test", provider: "digitalocean", without: ["nullSRV"] },
        { name: "parked.test", provider: "print" },
      ),
    ],
    [
      "a zone above its domain",
      changed({ parkedDomains: ["a.parked.test"], dnsZones: [{ ...cloudflare, name: "parked.test" }] }),
    ],
    ["a site at each step of changing its key", changed({ tlsKeys: [{ site: "alpha", serves: 2, standby: [1, 3] }] })],
    [
      "a key of the first kind under the name that the other would have",
      changed({ dkim: {}, domains: [{ name: "home.test", dkimSelector: "e1" }, { name: "club.test" }] }),
    ],
    ["an account of an authority that is known", changed({ acme: { account: "https://acme.test/1" } })],
  ])("%s", (_, settings) => expect(problemsOf(settings)).toEqual([]));
});

const PARKED = { path: "parkedDomains[0]", wanted: "a domain without any mail, once", fix: "take it out" };
const SELECTOR = {
  wanted: "selectors other than the one that signs, each once",
  fix: "take it out, or choose another",
};

describe("a problem is told where it is, with what to do", () => {
  it.each<[string, unknown, Problem]>([
    [
      "a parked domain that is hosted",
      changed({ parkedDomains: ["home.test"] }),
      { ...PARKED, got: "home.test, which is hosted under domains" },
    ],
    [
      "the infrastructure domain parked",
      changed({ parkedDomains: ["mailkeep.test"] }),
      { ...PARKED, got: "mailkeep.test, whose sites send bounces" },
    ],
    [
      "a site's name parked",
      changed({ parkedDomains: ["alpha.mailkeep.test"] }),
      { ...PARKED, got: "alpha.mailkeep.test, which is a host of the mail system" },
    ],
    [
      "a domain parked twice",
      changed({ parkedDomains: ["a.test", "a.test"] }),
      { ...PARKED, path: "parkedDomains[1]", got: "a.test, which is listed before" },
    ],
    [
      "a domain of the local world parked",
      changed({ parkedDomains: ["outside.test"] }),
      {
        path: "parkedDomains[0]",
        got: "outside.test",
        wanted: "a domain that is not the foreign one of the local world",
        fix: "choose another domain; outside.test is where test mail comes from",
      },
    ],
    [
      "a selector that signs on standby",
      changed({ domains: [{ name: "home.test", dkimStandby: ["s1"] }, { name: "club.test" }] }),
      { ...SELECTOR, path: "domains[0].dkimStandby[0]", got: "s1, which signs" },
    ],
    [
      "a selector on standby twice",
      changed({ domains: [{ name: "home.test", dkimStandby: ["s2", "s2"] }, { name: "club.test" }] }),
      { ...SELECTOR, path: "domains[0].dkimStandby[1]", got: "s2, which is listed before" },
    ],
    [
      "a selector that was revoked and signs",
      changed({ domains: [{ name: "home.test", dkimStandby: ["s2"], dkimRetired: ["s1"] }, { name: "club.test" }] }),
      { ...SELECTOR, path: "domains[0].dkimRetired[0]", got: "s1, which signs" },
    ],
    [
      "a name for keys of both kinds",
      changed({ domains: [{ name: "home.test", dkimStandby: ["e1"] }, { name: "club.test" }] }),
      { ...SELECTOR, path: "domains[0].dkimStandby[0]", got: "e1, which signs" },
    ],
    [
      "a revoked name for another key",
      changed({ domains: [{ name: "home.test", dkimRetired: ["e2"], ed25519Standby: ["e2"] }, { name: "club.test" }] }),
      { ...SELECTOR, path: "domains[0].dkimRetired[0]", got: "e2, which is listed before" },
    ],
    [
      "a selector of the sites' own domain that signs on standby",
      changed({ dkim: { ed25519: true, infrastructure: { ed25519Standby: ["s1"] } } }),
      { ...SELECTOR, path: "dkim.infrastructure.ed25519Standby[0]", got: "s1, which signs" },
    ],
    [
      "a key of a kind that does not sign",
      changed({ dkim: {}, domains: [{ name: "home.test", ed25519Standby: ["e2"] }, { name: "club.test" }] }),
      {
        path: "domains[0].ed25519Standby[0]",
        got: "e2",
        wanted: "nothing, for dkim.ed25519 is off",
        fix: "take it out, or set dkim.ed25519",
      },
    ],
    [
      "keys of the sites' own domain in two places",
      changed({ infrastructureDomain: "home.test", dkim: { ed25519: true, infrastructure: { dkimSelector: "s2" } } }),
      {
        path: "dkim.infrastructure",
        got: "keys",
        wanted: "nothing, for home.test is hosted",
        fix: "write them to domains[0]",
      },
    ],
    [
      "a key for the link of a site that is not there",
      changed({ rotation: { link: { bravo: 2 } } }),
      { path: "rotation.link.bravo", got: "bravo", wanted: "the name of a site", fix: "one of: alpha" },
    ],
    [
      "an authority of the link twice",
      changed({ rotation: { linkAuthority: { signs: 2, believed: [2] } } }),
      {
        path: "rotation.linkAuthority.believed",
        got: "2",
        wanted: "numbers other than 2, each once",
        fix: "take the repeated one out",
      },
    ],
    [
      "a key that opens machines twice",
      changed({ rotation: { deploy: { uses: 1, letIn: [2, 2] } } }),
      {
        path: "rotation.deploy.letIn",
        got: "2, 2",
        wanted: "numbers other than 1, each once",
        fix: "take the repeated one out",
      },
    ],
    [
      "keys of a site that is not there",
      changed({ tlsKeys: [{ site: "bravo" }] }),
      { path: "tlsKeys[0].site", got: "bravo", wanted: "the name of a site, once", fix: "one of: alpha" },
    ],
    [
      "a site's keys in two entries",
      changed({ tlsKeys: [{ site: "alpha" }, { site: "alpha", standby: [2] }] }),
      {
        path: "tlsKeys[1].site",
        got: "alpha, which is listed before",
        wanted: "the name of a site, once",
        fix: "join the two entries",
      },
    ],
    [
      "the served key on standby",
      changed({ tlsKeys: [{ site: "alpha", serves: 2, standby: [3, 2] }] }),
      {
        path: "tlsKeys[0].standby",
        got: "3, 2",
        wanted: "numbers other than 2, each once",
        fix: "take the repeated one out",
      },
    ],
    [
      "an account of an authority without a known name",
      changed({ acme: { directory: "https://acme.example/", account: "https://acme.example/1" } }),
      {
        path: "acme.account",
        got: "https://acme.example/1",
        wanted: "an account of an authority whose name in CAA records is known",
        fix: "add acme.issuer; the authority's documents name it",
      },
    ],
    [
      "a zone twice",
      zones(cloudflare, { name: "home.test", provider: "print" }),
      {
        path: "dnsZones[1].name",
        got: "home.test, which is listed before",
        wanted: "each zone once",
        fix: "take one of the two out",
      },
    ],
    [
      "a zone that holds nothing",
      zones({ name: "other.test", provider: "print" }),
      {
        path: "dnsZones[0].name",
        got: "other.test, which holds none of the domains",
        wanted: "a domain of these settings, or one above it",
        fix: "such as mailkeep.test",
      },
    ],
    [
      "a zone at Cloudflare without its id",
      zones({ name: "home.test", provider: "cloudflare" }),
      {
        path: "dnsZones[0].zoneId",
        got: "nothing",
        wanted: "a value, for the provider is cloudflare",
        fix: "copy it from the zone's overview page",
      },
    ],
    [
      "a zone at Google without a project",
      zones({ name: "home.test", provider: "google" }),
      {
        path: "dnsZones[0].project",
        got: "nothing",
        wanted: "a value, for the provider is google",
        fix: "write the id of the Google Cloud project",
      },
    ],
    [
      "an id where no provider wants one",
      zones({ ...cloudflare, provider: "print" }),
      {
        path: "dnsZones[0].zoneId",
        got: "a value",
        wanted: "nothing: it is for the provider cloudflare",
        fix: "take it out",
      },
    ],
    [
      "services that are not offered at DigitalOcean",
      zones({ name: "home.test", provider: "digitalocean" }),
      {
        path: "dnsZones[0].provider",
        got:
          "digitalocean, which cannot hold SRV records that say that a service is not offered: " +
          "_imap._tcp.home.test and 3 more",
        wanted: "a provider that can hold everything in home.test",
        fix: "choose another, such as cloudflare or google, or do without: dnsZones[0].without: [nullSRV]",
      },
    ],
  ])("%s", (_, settings, problem) => expect(problemsOf(settings)).toEqual([problem]));

  it("all that DigitalOcean cannot hold at once", () => {
    const problems = problemsOf(
      zones({ name: "mailkeep.test", provider: "digitalocean" }, { name: "parked.test", provider: "digitalocean" }),
    );
    expect(problems.map(({ path, got }) => [path, got.split(":")[0]])).toEqual([
      [
        "dnsZones[0].provider",
        "digitalocean, which cannot hold TLSA records, by which other servers know the right key",
      ],
      [
        "dnsZones[0].provider",
        "digitalocean, which cannot hold CAA records, by which no other authority may issue certificates",
      ],
      ["dnsZones[1].provider", "digitalocean, which cannot hold the MX record of a domain without mail"],
    ]);
  });
});
