/** Sites that are machines of their own: what must hold for them. */
import { describe, expect, it } from "vitest";
import { canonicalPrefix } from "../../../components/settings/prefix.ts";
import type { Problem } from "../../../components/settings/problem.ts";
import { OWN_PREFIXES, WORLD_PREFIXES } from "../../support/prefixes.ts";
import { BY_HTTP, CLOUD, MACHINES } from "../plan/plans.ts";
import { localRaw, withValue } from "./local.ts";
import { problemsOf } from "./problems.ts";

const cloud = { ...localRaw(), ...CLOUD };
const byHand = { ...localRaw(), ...BY_HTTP };
const changed = (path: string, value: unknown): unknown => withValue(cloud, path, value);

it("machines of each kind are sound settings", () => expect(problemsOf(cloud)).toEqual([]));

it("machines whose zones are all kept by hand are sound settings", () => expect(problemsOf(byHand)).toEqual([]));

it("defaults are the smallest machine that Debian 13 and a site's containers fit on", () => {
  const sparse = { ...cloud, sites: [{ ...MACHINES[1], roles: ["mx", "submission", "maildrop"] }] };
  expect(problemsOf(sparse)).toEqual([]);
});

const LOCAL = { ...localRaw() }["sites"];

describe("a problem is told where it is, with what to do", () => {
  it.each<[string, unknown, Problem]>([
    [
      "a local site beside machines",
      { ...cloud, sites: [...(Array.isArray(LOCAL) ? (LOCAL as unknown[]) : []), { ...MACHINES[1], name: "delta" }] },
      {
        path: "sites[0].platform",
        got: "local, beside sites that are machines of their own",
        wanted: "local for all sites of a stack, or for none: nothing leaves the closed world of local sites",
        fix: "keep local sites in a stack of their own",
      },
    ],
    [
      "a droplet that sends by a closed port",
      changed("sites.1.egressPort25", undefined),
      {
        path: "sites[1].egress[0]",
        got: "direct, and DigitalOcean lets no mail out of new accounts (port 25)",
        wanted: "a way that is open: via another site, a relay, or direct where port 25 is known to be open",
        fix: "ask DigitalOcean to open it and write egressPort25: confirmed in sites[1], or give other ways as egress",
      },
    ],
    [
      "an instance that sends by a port that no one opens",
      changed("sites.2.egress", [{ via: "alpha" }, "direct"]),
      {
        path: "sites[2].egress[1]",
        got: "direct, and Google Cloud lets no mail out (port 25), whoever asks",
        wanted: "via another site, or a relay",
        fix: "give other ways as egress, such as [{ via: <site> }]; no setting and no request opens the port",
      },
    ],
    [
      "an account that a site's machine may not send by",
      { ...cloud, sites: [MACHINES[0]], machines: [{ login: "hosts@home.test", senders: ["*@*.home.test"] }] },
      {
        path: "machines[0].senders",
        got: "none that root@alpha.mailkeep.test is one of, and the machine of alpha sends as that (hostMail)",
        wanted: "a pattern for the names of all sites",
        fix: 'add "*@*.mailkeep.test"',
      },
    ],
    [
      "a number that another site has",
      changed("sites.2.number", 1),
      {
        path: "sites[2].number",
        got: "1, which sites[0] has too",
        wanted: "a number that no other site has",
        fix: "give the newer of the two another one",
      },
    ],
    [
      "a domain that nobody serves",
      { ...cloud, dnsZones: CLOUD.dnsZones.filter(({ name }) => name !== "club.test") },
      {
        path: "dnsZones",
        got: "no zone that holds club.test",
        wanted: "a provider that serves it, or `print` for a zone that is kept by hand",
        fix: "add it, such as { name: club.test, provider: print }",
      },
    ],
    [
      "a zone in a world that is not there",
      changed("dnsZones.2.provider", "local"),
      {
        path: "dnsZones[2].provider",
        got: "local for club.test, and these sites are not in the local world",
        wanted: "a provider that serves it, or `print` for a zone that is kept by hand",
        fix: "name its provider",
      },
    ],
    [
      "sites that cannot prove their names",
      changed("dnsTokens", undefined),
      {
        path: 'dnsTokens["mailkeep.test"]',
        got: "nothing: the sites could not prove to the ACME directory that their names are ours",
        wanted: "a token of Cloudflare's with the permissions Zone:Read and DNS:Edit for this zone",
        fix: "pulumi config set --secret --path 'mailkeep:dnsTokens[\"mailkeep.test\"]'",
      },
    ],
    [
      "sites that are to prove their names in a zone that is kept by hand",
      { ...byHand, acme: { ...CLOUD.acme, proof: "dns" } },
      {
        path: "acme.proof",
        got: "dns, and the zone that holds mailkeep.test is kept by hand",
        wanted: "http, or a provider for that zone that takes records from the sites",
        fix: "take it out: answers over HTTP are the rule then",
      },
    ],
    [
      "a token for sites that prove their names over HTTP",
      changed("acme.proof", "http"),
      {
        path: 'dnsTokens["mailkeep.test"]',
        got: "a token that no site uses",
        wanted:
          "only that of the zone that holds the sites' own names, where a provider serves it and they prove names by records",
        fix: "take it out",
      },
    ],
    [
      "a token that no site needs",
      { ...cloud, dnsTokens: { ...CLOUD.dnsTokens, "home.test": "atokenthatnobodyhas" } },
      {
        path: 'dnsTokens["home.test"]',
        got: "a token that no site uses",
        wanted:
          "only that of the zone that holds the sites' own names, where a provider serves it and they prove names by records",
        fix: "take it out",
      },
    ],
    [
      "the local world's authority",
      changed("acme.directory", "local"),
      {
        path: "acme.directory",
        got: "local, an authority that only the local world has and believes",
        wanted: "the URL of an ACME directory, or private",
        fix: "such as https://acme-staging-v02.api.letsencrypt.org/directory to try, then acme-v02",
      },
    ],
    [
      "machines that nobody may reach",
      changed("sshFrom", undefined),
      {
        path: "sshFrom",
        got: "no prefix: nobody could reach the machines, not even mailkeep",
        wanted: "at least one prefix that mailkeep is run from",
        fix: 'name your address, such as { v4: ["203.0.113.7/32"] }',
      },
    ],
    [
      "SSH for the whole Internet",
      changed("sshFrom.v6.0", "::/0"),
      {
        path: "sshFrom.v6[0]",
        got: "::/0, the whole Internet or a large part of it",
        wanted: "prefixes of your own networks, of /8 and longer by IPv4, of /16 and longer by IPv6",
        fix: "name them; where addresses change, name the provider's range or a machine to go through",
      },
    ],
    [
      "SSH by IPv6 alone for a machine that is reached by IPv4",
      changed("sshFrom.v4", undefined),
      {
        path: "sshFrom.v4",
        got: "no prefix",
        wanted: "an IPv4 prefix that mailkeep is run from: it reaches new machines by IPv4",
        fix: 'add it, such as v4: ["203.0.113.7/32"]',
      },
    ],
    [
      "a host key with a comment",
      changed("sites.0.ssh.hostKey", `ssh-ed25519 ${"A".repeat(68)} root@alpha`),
      {
        path: "sites[0].ssh.hostKey",
        got: `"ssh-ed25519 ${"A".repeat(64)}…`,
        wanted: "an SSH public key without a comment, such as ssh-ed25519 AAAA…",
        fix: "correct it",
      },
    ],
    [
      "a region of another cloud",
      changed("sites.1.region", "europe-west3"),
      {
        path: "sites[1].region",
        got: '"europe-west3"',
        wanted: "a region of DigitalOcean, such as fra1",
        fix: "correct it",
      },
    ],
    [
      "a key of another platform",
      changed("sites.2.region", "fra1"),
      {
        path: "sites[2].region",
        got: "a key that mailkeep does not know",
        wanted: "the keys of docs/configuration.md",
        fix: "correct its spelling, or take it out",
      },
    ],
    [
      "a prefix that is none",
      changed("sshFrom.v4.0", "203.0.113.7"),
      {
        path: "sshFrom.v4[0]",
        got: '"203.0.113.7"',
        wanted: "an IPv4 prefix, such as 203.0.113.0/28",
        fix: "correct it",
      },
    ],
  ])("%s", (_, raw, problem) => expect(problemsOf(raw)).toEqual([problem]));
});

describe("prefixes that SSH is open to", () => {
  it.each(WORLD_PREFIXES)("refuses %s as the whole Internet or a large part of it", (prefix) => {
    const path = prefix.includes(":") ? "sshFrom.v6.0" : "sshFrom.v4.0";
    expect(problemsOf(changed(path, prefix)).map(({ got }) => got)).toEqual([
      `${canonicalPrefix(prefix)}, the whole Internet or a large part of it`,
    ]);
  });

  it.each(OWN_PREFIXES)("takes %s", (prefix) => {
    expect(problemsOf(changed(prefix.includes(":") ? "sshFrom.v6.0" : "sshFrom.v4.0", prefix))).toEqual([]);
  });
});
