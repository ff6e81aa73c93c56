/** What the parts of the settings must hold between them: each rule once, with what a user reads. */
import { describe, expect, it } from "vitest";
import type { Problem } from "../../../components/settings/problem.ts";
import { problemsOf } from "./problems.ts";
import { HASH, localRaw, threeSitesRaw, withValue } from "./local.ts";

const bravo = {
  name: "bravo",
  platform: "local",
  roles: ["mx"],
  addresses: { v4: "198.51.100.12", v6: "2001:db8:100::12" },
  publishAddress: "127.0.1.2",
};

const local = localRaw();
/** The local stack with something changed. */
const changed = (path: string, value: unknown): unknown => withValue(local, path, value);
const secondSite = (changes: object): unknown => changed("sites.1", { ...bravo, ...changes });
const addedAlias = (alias: object): unknown => changed("aliases.8", alias);

describe("sound settings", () => {
  it("are those of the local stack", () => expect(problemsOf(local)).toEqual([]));
  it("are those of two sites with names and addresses of their own", () =>
    expect(problemsOf(secondSite({}))).toEqual([]));
});

const OWN_ADDRESS = {
  wanted: "an address of its own for each site",
  fix: "give one of the two sites another address",
};
const LOCAL_NAME = {
  got: "world, which the local world has",
  wanted: "a name that nothing else has",
  fix: "choose another name for the site",
};

describe("a problem between parts is told where it is, with what to do", () => {
  it.each<[string, unknown, ...Problem[]]>([
    [
      "two sites of one name",
      secondSite({ name: "alpha" }),
      {
        path: "sites[1].name",
        got: "alpha, which sites[0].name has too",
        wanted: "a name that no other site has",
        fix: "rename one of the two; a site keeps its name for life, its host name and keys hang on it",
      },
    ],
    [
      "two sites at one IPv4 address",
      secondSite({ addresses: { v4: "198.51.100.11" } }),
      { path: "sites[1].addresses.v4", got: "198.51.100.11, which sites[0].addresses.v4 has too", ...OWN_ADDRESS },
    ],
    [
      "two sites at one IPv6 address, spelled differently",
      secondSite({ addresses: { v4: "198.51.100.12", v6: "2001:0DB8:100:0:0::0011" } }),
      { path: "sites[1].addresses.v6", got: "2001:db8:100::11, which sites[0].addresses.v6 has too", ...OWN_ADDRESS },
    ],
    [
      "a first retry after the longest wait",
      changed("queue", { firstRetrySeconds: 600, longestRetryMinutes: 5 }),
      {
        path: "queue.firstRetrySeconds",
        got: "600 s, which is more than longestRetryMinutes (5 min)",
        wanted: "a first wait that is no longer than the longest",
        fix: "lower the one or raise the other",
      },
    ],
    [
      "a warning of a delay after the message's end",
      changed("queue", { delayWarningMinutes: 60, lifetimeMinutes: 60, longestRetryMinutes: 30 }),
      {
        path: "queue.delayWarningMinutes",
        got: "60 min, and a message lives 60 min (lifetimeMinutes)",
        wanted: "a time within a message's life",
        fix: "lower the one or raise the other",
      },
    ],
    [
      "a last retry after the message's end",
      changed("queue", { delayWarningMinutes: 0, lifetimeMinutes: 30, longestRetryMinutes: 45 }),
      {
        path: "queue.longestRetryMinutes",
        got: "45 min, and a message lives 30 min (lifetimeMinutes)",
        wanted: "a time within a message's life",
        fix: "lower the one or raise the other",
      },
    ],
    [
      "a destination listed twice",
      changed("outboundTls", {
        destinations: [
          { domain: "bank.example", tls: "required" },
          { domain: "Bank.example", tls: "opportunistic" },
        ],
      }),
      {
        path: "outboundTls.destinations[1].domain",
        got: "bank.example, which outboundTls.destinations[0] has too",
        wanted: "each destination once",
        fix: "take one of the two out",
      },
    ],
    [
      "two sites published at one loopback address",
      secondSite({ publishAddress: "127.0.1.1" }),
      { path: "sites[1].publishAddress", got: "127.0.1.1, which sites[0].publishAddress has too", ...OWN_ADDRESS },
    ],
    [
      "an IPv4 address out of the local world",
      changed("sites.0.addresses.v4", "203.0.113.1"),
      {
        path: "sites[0].addresses.v4",
        got: "203.0.113.1",
        wanted: "an address from 198.51.100.11 to 198.51.100.85",
        fix: "choose one such as 198.51.100.11",
      },
    ],
    [
      "an IPv6 address out of the local world",
      changed("sites.0.addresses.v6", "2001:db8::1"),
      {
        path: "sites[0].addresses.v6",
        got: "2001:db8::1",
        wanted: "an address from 2001:db8:100::11 to 2001:db8:100::85",
        fix: "choose one such as 2001:db8:100::11",
      },
    ],
    [
      "an address of the local world's own server",
      changed("sites.0.addresses", { v4: "198.51.100.4" }),
      {
        path: "sites[0].addresses.v4",
        got: "198.51.100.4",
        wanted: "an address from 198.51.100.11 to 198.51.100.85",
        fix: "choose one such as 198.51.100.11",
      },
    ],
    [
      "a site of the name of the local world's group",
      changed("sites.0.name", "world"),
      { path: "sites[0].name", ...LOCAL_NAME },
    ],
    [
      "a site of the name server's name",
      changed("sites.0.name", "ns"),
      { path: "sites[0].name", ...LOCAL_NAME, got: "ns, which the local world has" },
    ],
    [
      "a site of the name that mail programs use",
      changed("clientName", "alpha"),
      { path: "sites[0].name", ...LOCAL_NAME, got: "alpha, which is the clientName too" },
    ],
    [
      "a client name of the local world's",
      changed("clientName", "acme"),
      {
        path: "clientName",
        got: "acme, which the local world has",
        wanted: "a name that nothing else has",
        fix: "choose another label",
      },
    ],
    [
      "a site of the name that senders of forwarded mail have",
      changed("sites.0.name", "srs"),
      { path: "sites[0].name", ...LOCAL_NAME, got: "srs, which the senders of forwarded mail have" },
    ],
    [
      "a client name of those senders'",
      changed("clientName", "srs"),
      {
        path: "clientName",
        got: "srs, which the senders of forwarded mail have",
        wanted: "a name that nothing else has",
        fix: "choose another label",
      },
    ],
    [
      "a role that nobody has",
      changed("sites.0.roles", ["mx", "maildrop"]),
      {
        path: "sites[*].roles",
        got: "no site has the role submission: nobody could send mail",
        wanted: "each of mx, submission and maildrop at one site or more",
        fix: "add submission to the roles of a site",
      },
    ],
    [
      "a role that only sites on standby have",
      changed("sites.0.state", "standby"),
      {
        path: "sites[*].roles",
        got: "only sites on standby have the role mx: no mail could come in",
        wanted: "a serving site with the role mx",
        fix: "npm run mailkeep -- site resume alpha",
      },
      {
        path: "sites[*].roles",
        got: "only sites on standby have the role submission: nobody could send mail",
        wanted: "a serving site with the role submission",
        fix: "npm run mailkeep -- site resume alpha",
      },
    ],
    [
      "mailboxes at two sites",
      withValue(threeSitesRaw(), "sites.1.roles", ["mx", "maildrop"]),
      {
        path: "sites[1].roles",
        got: "maildrop, which alpha has too",
        wanted: "the role maildrop at one site, as long as mailboxes are not replicated between sites",
        fix: "leave mx and submission there: its mail goes over the link to the mailboxes",
      },
    ],
    [
      "a role twice",
      changed("sites.0.roles", ["mx", "submission", "maildrop", "mx"]),
      {
        path: "sites[0].roles",
        got: "mx, submission, maildrop, mx",
        wanted: "each role once",
        fix: "take the repeated one out",
      },
    ],
    [
      "a mailbox without a password hash",
      withValue(local, "passwordHashes", { "ann@home.test": HASH, "ben@home.test": HASH }),
      {
        path: "mailboxes[2].address",
        got: "cat@club.test without a password hash",
        wanted: 'a hash under passwordHashes["cat@club.test"]',
        fix: "npm run mailkeep -- password cat@club.test",
      },
    ],
    [
      "hosts that send by an account that is not there",
      changed("hostMail.account", "printers@home.test"),
      {
        path: "hostMail.account",
        got: "printers@home.test, which is not listed under machines",
        wanted: "the login of a machine account",
        fix: 'add to machines: { login: printers@home.test, senders: ["*@*.mailkeep.test"] }',
      },
    ],
    [
      "hosts that send by an account whose password nobody knows",
      withValue(local, "passwordHashes", { ...Object(local["passwordHashes"]), "hosts@home.test": HASH }),
      {
        path: "hostMail.account",
        got: "hosts@home.test, of whose password the settings have the hash alone",
        wanted: "an account whose password mailkeep makes up",
        fix: 'take passwordHashes["hosts@home.test"] out, or list another account under machines',
      },
    ],
    [
      "a hash of nobody",
      withValue(local, "passwordHashes", { ...Object(local["passwordHashes"]), "eve@home.test": HASH }),
      {
        path: 'passwordHashes["eve@home.test"]',
        got: "a hash for an account that is not listed",
        wanted: "the address of a mailbox or the login of a machine",
        fix: "list eve@home.test under mailboxes, or take the hash out",
      },
    ],
    [
      "a foreign domain of the local world",
      changed("infrastructureDomain", "sites.outside.test"),
      {
        path: "infrastructureDomain",
        got: "sites.outside.test",
        wanted: "a domain that is not the foreign one of the local world",
        fix: "choose another domain; outside.test is where test mail comes from",
      },
    ],
    [
      "an alias loop",
      addedAlias({ address: "round@home.test", targets: ["round@home.test"] }),
      {
        path: "aliases[8].targets",
        got: "a loop: round@home.test -> round@home.test",
        wanted: "aliases that end in a mailbox or elsewhere",
        fix: "take round@home.test out of the targets of round@home.test",
      },
    ],
    [
      "an alias in a domain that is not hosted",
      addedAlias({ address: "ann@elsewhere.test", targets: ["ann@home.test"] }),
      {
        path: "aliases[8].address",
        got: "ann@elsewhere.test, whose domain is not hosted",
        wanted: "an address in a hosted domain",
        fix: "list elsewhere.test under domains",
      },
    ],
    [
      "an alias to nobody",
      addedAlias({ address: "eva@home.test", targets: ["eve@home.test"] }),
      {
        path: "aliases[8].targets[0]",
        got: "eve@home.test, which does not exist",
        wanted: "an address that exists, or one elsewhere",
        fix: "make the mailbox or alias eve@home.test, or take it out of the list",
      },
    ],
  ])("%s", (_, raw, ...problems) => expect(problemsOf(raw)).toEqual(problems));
});

describe("a domain", () => {
  it("must have all role addresses", () => {
    const found = problemsOf(changed("domains.2", { name: "new.test" }));
    expect(found.map(({ path, got }) => `${path}: ${got}`)).toEqual(
      ["postmaster", "hostmaster", "abuse"].map((role) => `domains[2].name: new.test without ${role}@new.test`),
    );
    expect(found[0]?.fix).toBe("add to aliases: { address: postmaster@new.test, targets: [<someone who reads it>] }");
  });

  it("must not be the foreign one, nor below it", () => {
    const domain = { name: "a.outside.test", catchAll: ["ann@home.test"] };
    expect(problemsOf(changed("domains.2", domain)).map(({ path, got }) => [path, got])).toEqual([
      ["domains[2].name", "a.outside.test"],
    ]);
  });

  it("must not be a site's own name, where two SPF records would meet", () => {
    const domain = { name: "alpha.mailkeep.test", catchAll: ["ann@home.test"] };
    expect(problemsOf(changed("domains.2", domain)).map(({ path, got }) => [path, got])).toEqual([
      ["domains[2].name", "alpha.mailkeep.test, which is a site's own host name"],
    ]);
  });

  it("must not be the one that senders of forwarded mail have", () => {
    const domain = { name: "srs.mailkeep.test", catchAll: ["ann@home.test"] };
    expect(problemsOf(changed("domains.2", domain)).map(({ path, got }) => [path, got])).toEqual([
      ["domains[2].name", "srs.mailkeep.test, which the senders of forwarded mail have"],
    ]);
  });

  it("may be the infrastructure domain", () => {
    const domain = { name: "mailkeep.test", catchAll: ["ann@home.test"] };
    expect(problemsOf(changed("domains.2", domain))).toEqual([]);
  });
});

it("tells all problems at once", () => {
  const broken = withValue(
    { ...local, sites: [...[local["sites"]].flat(), { ...bravo, name: "alpha" }] },
    "passwordHashes",
    {},
  );
  expect(problemsOf(broken).map(({ path }) => path)).toEqual([
    "sites[1].name",
    "mailboxes[0].address",
    "mailboxes[1].address",
    "mailboxes[2].address",
  ]);
});
