/** From the engine's configuration to settings, whatever is in it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatProblems, SettingsError } from "../../../components/settings/problem.ts";
import { parseSettings, readSettings as readIn } from "../../../components/settings/read.ts";
import { HASH, localRaw } from "./local.ts";

/** Without files beside the stack's own. */
const readSettings = (config: Readonly<Record<string, string>>) => readIn(config, "/nowhere");

/** As the engine hands configuration over: a text as it is, everything else as JSON. */
function asEngineHands(raw: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(raw).map(([key, value]) => [
      `mailkeep:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

describe("the configuration of the engine", () => {
  it("is read as the plain value is", () =>
    expect(readSettings(asEngineHands(localRaw()))).toEqual(parseSettings(localRaw())));

  it("may hold keys of others, which are left alone", () =>
    expect(readSettings({ ...asEngineHands(localRaw()), "other:sites": "[]" })).toEqual(parseSettings(localRaw())));

  it("has texts that look like numbers", () =>
    expect(readSettings(asEngineHands({ ...localRaw(), clientName: "25" })).clientName).toBe("25"));

  it("has switches", () => expect(readSettings(asEngineHands({ ...localRaw(), imap143: true })).imap143).toBe(true));

  it("may hold text that only begins like JSON", () =>
    expect(() => readSettings({ ...asEngineHands(localRaw()), "mailkeep:sites": "[alpha" })).toThrow(
      /sites\n {4}found {3}"\[alpha"\n {4}allowed a list/,
    ));
});

describe("what is read", () => {
  it("has the defaults that docs/configuration.md names", () => {
    const { clientName, imap143, limits, acme, machines, domains } = parseSettings({
      ...localRaw(),
      machines: undefined,
      hostMail: undefined,
    });
    expect({ clientName, imap143, limits, acme, machines }).toEqual({
      clientName: "mail",
      imap143: false,
      limits: {
        messageSizeMiB: 50,
        connectionsPerClient: 4,
        connectionsPerClientPerMinute: 10,
        messagesPerClientPerMinute: 60,
        messagesPerUserPerMinute: 60,
        recipientsPerUserPerDay: 2000,
        imapConnectionsPerUser: 50,
      },
      acme: { directory: "local" },
      machines: [],
    });
    expect(domains.map(({ dkimSelector, dmarcPolicy }) => [dkimSelector, dmarcPolicy])).toEqual([
      ["s1", "reject"],
      ["s1", "quarantine"],
    ]);
  });

  it("is lower case, with one spelling for an address and a scheme before each hash", () => {
    const raw = { ...localRaw(), infrastructureDomain: "MailKeep.Test" };
    const site = { name: "alpha", platform: "local", roles: ["mx", "submission", "maildrop"] };
    const addresses = { v4: "198.51.100.11", v6: "2001:DB8:0100::0011" };
    const settings = parseSettings({ ...raw, sites: [{ ...site, addresses }] });
    expect(settings.infrastructureDomain).toBe("mailkeep.test");
    expect(settings.sites[0]).toMatchObject({ addresses: { v6: "2001:db8:100::11" } });
    expect(settings.passwordHashes["ann@home.test"]).toBe(`{SHA512-CRYPT}${HASH}`);
  });
});

describe("whatever is given", () => {
  const anything = fc.jsonValue({ maxDepth: 4 });

  /** Settings themselves, or the complaint; anything else is a mistake of ours. */
  function reads(work: () => unknown): boolean {
    try {
      work();
      return true;
    } catch (error) {
      if (error instanceof SettingsError) return error.problems.length > 0;
      throw error;
    }
  }

  it("no other error than the one for users is thrown", () =>
    fc.assert(fc.property(anything, (raw) => reads(() => parseSettings(raw)))));

  it("nor when one key of sound settings is anything", () => {
    const keys = Object.keys(localRaw());
    const oneWrong = fc.record({ key: fc.constantFrom(...keys, "limits", "acme", "machines"), value: anything });
    fc.assert(fc.property(oneWrong, ({ key, value }) => reads(() => parseSettings({ ...localRaw(), [key]: value }))));
  });

  it("nor when the engine hands anything over", () =>
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom("mailkeep:sites", "mailkeep:acme", "mailkeep:", "x"), fc.string()),
        (config) => reads(() => readSettings(config)),
      ),
    ));

  it("no secret is in the message", () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9]{8,40}$/).map((text) => `secret-${text}`);
    const place = fc.constantFrom<(text: string) => object>(
      (text) => ({ passwordHashes: { "ann@home.test": text } }),
      (text) => ({ passwordHashes: text }),
      (text) => ({ blocklistKeys: { "bl.outside.test": text } }),
      (text) => ({ blocklistKeys: text }),
      (text) => ({ relayPasswords: { smart: ` ${text}` } }),
      (text) => ({ relayPasswords: text }),
      (text) => ({ passwordHashes: [[text]] }),
      (text) => ({ mailboxes: [{ address: "ann@home.test", password: text }] }),
      (text) => ({ machines: [{ login: "x@home.test", senders: [{ password: text }] }] }),
      (text) => ({ aliases: [[text]] }),
      (text) => ({ acme: { directory: { key: text } } }),
    );
    fc.assert(
      fc.property(secret, place, (text, put) => {
        try {
          parseSettings({ ...localRaw(), ...put(text) });
          return false;
        } catch (error) {
          return error instanceof SettingsError && !error.message.includes(text);
        }
      }),
    );
  });
});

it("tells problems as paragraphs, and that nothing was changed", () => {
  const problem = { path: "sites", got: "nothing", wanted: "a list", fix: "add it" };
  expect(formatProblems([problem])).toBe(
    `The settings have one problem; nothing was changed.
  sites
    found   nothing
    allowed a list
    fix     add it`,
  );
  expect(formatProblems([problem, problem])).toMatch(/^The settings have 2 problems; nothing was changed\./);
});
