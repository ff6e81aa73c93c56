/** What a user reads when the form of a setting is wrong. */
import { describe, expect, it } from "vitest";
import type { Problem } from "../../../components/settings/problem.ts";
import { changed } from "./changes.ts";
import { problemsOf } from "./problems.ts";

const UNKNOWN = {
  got: "a key that mailkeep does not know",
  wanted: "the keys of docs/configuration.md",
  fix: "correct its spelling, or take it out",
};
const MISSING = { got: "nothing", fix: "add it; docs/configuration.md has an example" };
const FORM = "write it in that form";
const SITE_NAME = "2 to 20 lower-case letters, digits or hyphens, beginning with a letter";
const ADDRESS = "an address such as ann@home.test: letters, digits, . _ - = & ' and no + before the @";

const PLATFORMS = "local, host, digitalocean-droplet, gcp-instance";

describe("a wrong form is told where it is, with what is allowed", () => {
  it.each<[string, unknown, Problem]>([
    ["an unknown key", changed("domians", []), { path: "domians", ...UNKNOWN }],
    ["an unknown key of a site", changed("sites.0.role", "mx"), { path: "sites[0].role", ...UNKNOWN }],
    ["an unknown key with a strange name", changed("acme.e mail", "x"), { path: 'acme["e mail"]', ...UNKNOWN }],
    [
      "a missing key",
      changed("infrastructureDomain", undefined),
      { path: "infrastructureDomain", ...MISSING, wanted: "a text" },
    ],
    ["a missing list", changed("sites", undefined), { path: "sites", ...MISSING, wanted: "a list" }],
    [
      "a missing key of an alias",
      changed("aliases.8", { address: "x@home.test" }),
      { path: "aliases[8].targets", ...MISSING, wanted: "a list" },
    ],
    ["a text for a list", changed("sites", "alpha"), { path: "sites", got: '"alpha"', wanted: "a list", fix: FORM }],
    [
      "a group for a list",
      changed("mailboxes", { address: "ann@home.test" }),
      { path: "mailboxes", got: "a group of keys", wanted: "a list", fix: FORM },
    ],
    [
      "a list for a group",
      changed("limits", [1]),
      { path: "limits", got: "a list", wanted: "a group of keys", fix: FORM },
    ],
    [
      "a number for an alias",
      changed("aliases.8", 5),
      { path: "aliases[8]", got: "5", wanted: "a group of keys", fix: FORM },
    ],
    [
      "a text for a number",
      changed("limits.messageSizeMiB", "50"),
      { path: "limits.messageSizeMiB", got: '"50"', wanted: "a number", fix: FORM },
    ],
    [
      "a broken number",
      changed("limits.messageSizeMiB", 1.5),
      { path: "limits.messageSizeMiB", got: "1.5", wanted: "a whole number", fix: FORM },
    ],
    [
      "a number too small",
      changed("limits.messageSizeMiB", 0),
      { path: "limits.messageSizeMiB", got: "0", wanted: "at least 1", fix: "bring it within that" },
    ],
    [
      "a number too large",
      changed("limits.connectionsPerClient", 1001),
      { path: "limits.connectionsPerClient", got: "1001", wanted: "at most 1000", fix: "bring it within that" },
    ],
    [
      "a text for a switch",
      changed("imap143", "yes"),
      { path: "imap143", got: '"yes"', wanted: "true or false", fix: FORM },
    ],
    [
      "an empty list",
      changed("sites", []),
      { path: "sites", got: "an empty list", wanted: "at least 1 entries", fix: "bring it within that" },
    ],
    [
      "a platform that is not there",
      changed("sites.0.platform", "moon"),
      { path: "sites[0].platform", got: '"moon"', wanted: PLATFORMS, fix: "use one of these" },
    ],
    [
      "a role that is not there",
      changed("sites.0.roles.0", "webmail"),
      { path: "sites[0].roles[0]", got: '"webmail"', wanted: "mx, submission, maildrop", fix: "use one of these" },
    ],
    [
      "a bad name of a site",
      changed("sites.0.name", "Alpha"),
      { path: "sites[0].name", got: '"Alpha"', wanted: SITE_NAME, fix: "correct it" },
    ],
    [
      "a bad IPv4 address",
      changed("sites.0.addresses.v4", "198.51.100.300"),
      {
        path: "sites[0].addresses.v4",
        got: '"198.51.100.300"',
        wanted: "an IPv4 address, such as 198.51.100.11",
        fix: "correct it",
      },
    ],
    [
      "a bad IPv6 address",
      changed("sites.0.addresses.v6", "2001::db8::1"),
      {
        path: "sites[0].addresses.v6",
        got: '"2001::db8::1"',
        wanted: "an IPv6 address, such as 2001:db8:100::11",
        fix: "correct it",
      },
    ],
    [
      "a publication to everyone",
      changed("sites.0.publishAddress", "0.0.0.0"),
      { path: "sites[0].publishAddress", got: '"0.0.0.0"', wanted: "an address in 127.0.0.0/8", fix: "correct it" },
    ],
    [
      "a bad domain",
      changed("domains.0.name", "home"),
      {
        path: "domains[0].name",
        got: '"home"',
        wanted: "a domain name such as home.test; international ones as A-labels (xn--…)",
        fix: "correct it",
      },
    ],
    [
      "a bad client name",
      changed("clientName", "mail.home"),
      {
        path: "clientName",
        got: '"mail.home"',
        wanted: "a DNS label: 1 to 63 lower-case letters, digits or hyphens",
        fix: "correct it",
      },
    ],
    [
      "a mailbox with an extension",
      changed("mailboxes.0.address", "ann+x@home.test"),
      { path: "mailboxes[0].address", got: '"ann+x@home.test"', wanted: ADDRESS, fix: "correct it" },
    ],
    [
      "an alias that does not discard",
      changed("aliases.4", { address: "x@home.test", discard: false }),
      { path: "aliases[4].discard", got: "false", wanted: "true", fix: "use one of these" },
    ],
    [
      "an ACME directory without TLS",
      changed("acme", { directory: "http://acme.example/" }),
      {
        path: "acme.directory",
        got: '"http://acme.example/"',
        wanted: "local, private, or an https URL such as https://acme.example/directory",
        fix: "correct it",
      },
    ],
    [
      "an authority that is no certificate",
      changed("acme.directoryCa", "/etc/ssl/ca.pem"),
      {
        path: "acme.directoryCa",
        got: '"/etc/ssl/ca.pem"',
        wanted: "a certificate in PEM, -----BEGIN CERTIFICATE-----",
        fix: "correct it",
      },
    ],
    [
      "a long value, cut",
      changed("clientName", "x.".repeat(60)),
      {
        path: "clientName",
        got: `"${"x.".repeat(38)}…`,
        wanted: "a DNS label: 1 to 63 lower-case letters, digits or hyphens",
        fix: "correct it",
      },
    ],
  ])("%s", (_, raw, problem) => expect(problemsOf(raw)).toEqual([problem]));

  it("a value that is no group at all", () =>
    expect(problemsOf("settings")).toEqual([{ path: "", got: '"settings"', wanted: "a group of keys", fix: FORM }]));
});

describe("a password is never shown", () => {
  const secret = "correct horse battery staple";

  it.each([
    ["as a hash", changed("passwordHashes", { "ann@home.test": secret })],
    ["in place of all hashes", changed("passwordHashes", secret)],
    ["in a list of hashes", changed("passwordHashes", [secret])],
    ["as a group of its own", changed("passwordHashes", { "ann@home.test": { password: secret } })],
    ["under a key that is not known", changed("mailboxes.0.password", secret)],
    ["within a group at a wrong place", changed("mailboxes", { "ann@home.test": secret })],
    ["within a list at a wrong place", changed("imap143", [secret])],
  ])("%s", (_, raw) => {
    const problems = problemsOf(raw);
    expect(problems.length).toBeGreaterThan(0);
    expect(JSON.stringify(problems)).not.toContain("horse");
  });

  it("and what to do instead is said", () =>
    expect(problemsOf(changed("passwordHashes", { "ann@home.test": secret }))).toEqual([
      {
        path: 'passwordHashes["ann@home.test"]',
        got: "something else (not shown: it may be a password)",
        wanted: "a SHA512-CRYPT ($6$…) or ARGON2ID ($argon2id$…) hash; never the password itself",
        fix: "npm run mailkeep -- password <address>",
      },
    ]));

  it("though the name of an account that is none is", () =>
    expect(problemsOf(changed("passwordHashes", { ann: "x" })).map(({ path, got }) => [path, got])).toContainEqual([
      "passwordHashes.ann",
      'the key "ann"',
    ]));
});
