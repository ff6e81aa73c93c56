/** From settings and the engine's state to what is looked at. */
import { describe, expect, it } from "vitest";
import { knownOf, machinesIn, NOTHING_KNOWN } from "../../../tools/preflight/known.ts";
import { resolverOf, resolversHere, subjectOf } from "../../../tools/preflight/look-at.ts";
import { networkChecks, runChecks } from "../../../tools/preflight/network.ts";
import { exitCodeOf, summaryOf, type Verdict, verdictTable } from "../../../tools/preflight/verdict.ts";
import { answerMatches } from "../../../tools/preflight/answers.ts";
import { wantingSettings } from "../../../tools/preflight/wanting.ts";
import { writtenAsOne } from "../../../components/settings/include.ts";
import { parseSettings } from "../../../components/settings/read.ts";
import { localRaw, threeSitesRaw, withValue } from "../settings/local.ts";
import { templateConfig, templateSettings } from "../settings/template.ts";
import { NOTHING } from "./seen.ts";

const urn = (type: string, name: string): string => `urn:pulumi:production::mailkeep::a$${type}::${name}`;
const resource = (type: string, name: string, inputs: object, outputs: object) => ({
  urn: urn(type, name),
  type,
  inputs: { ...inputs },
  outputs: { ...outputs },
});
const secret = (value: string) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});
const connection = { address: "192.0.2.11", port: 22, user: "mailkeep", hostKey: "ssh-ed25519 A" };
const RESOURCES = [
  resource(
    "digitalocean:index/droplet:Droplet",
    "alpha-machine",
    {},
    { ipv4Address: "192.0.2.11", ipv6Address: "2001:DB8:0::11" },
  ),
  resource("compose:index:Machine", "alpha", { connection: { ...connection, identity: secret("KEY") } }, {}),
  resource("gcp:compute/address:Address", "bravo-v6", {}, { address: "2001:db8::12" }),
  resource("gcp:compute/address:Address", "bravo-v4", {}, { address: "192.0.2.12" }),
  resource("gcp:compute/instance:Instance", "bravo-machine", {}, {}),
  resource("compose:index:Release", "alpha", {}, {}),
];

describe("the engine's state", () => {
  it("has addresses and ways to the machines", () => {
    const { addresses, connections, made, up } = machinesIn(RESOURCES);
    expect([...addresses]).toEqual([
      ["alpha", ["192.0.2.11", "2001:db8::11"]],
      ["bravo", ["192.0.2.12", "2001:db8::12"]],
    ]);
    expect(connections.get("alpha")).toEqual({ ...connection, identity: "KEY" });
    expect([...made]).toEqual(["alpha", "bravo"]);
    expect([...up]).toEqual(["alpha"]);
  });

  it("comes with the configuration, decrypted", async () => {
    const config = {
      "mailkeep:blocklistKeys": { value: '{"zen.dq.spamhaus.net":"akey"}' },
      "digitalocean:token": { value: "t" },
    };
    const ask = (args: readonly string[]): Promise<string> =>
      Promise.resolve(JSON.stringify(args[0] === "config" ? config : { deployment: { resources: RESOURCES } }));
    const known = await knownOf("production", { ask });
    expect(known.blocklistKeys).toEqual({ "zen.dq.spamhaus.net": "akey" });
    expect(known.config["digitalocean:token"]).toBe("t");
    expect(known.made.size).toBe(2);
  });
});

describe("what is looked at", () => {
  const args = {
    stack: "production",
    settings: templateSettings("production"),
    zoneServers: new Map([["club.example", ["ns.example"]]]),
    from: undefined,
    resolvers: [],
  };

  it("of a stack in the clouds", () => {
    const known = { ...NOTHING_KNOWN, ...machinesIn(RESOURCES) };
    const subject = subjectOf({ ...args, known });
    expect(subject.sites.map(({ name, addresses, sendsDirectly }) => [name, addresses.length, sendsDirectly])).toEqual([
      ["alpha", 2, true],
      ["bravo", 2, false],
      ["charlie", 0, true],
    ]);
    expect(subject.sites.map(({ name, up }) => [name, up])).toEqual([
      ["alpha", true],
      ["bravo", false],
      ["charlie", false],
    ]);
    expect(subject.zones.map(({ name, servers }) => [name, servers])).toEqual([
      ["mailkeep.example", undefined],
      ["club.example", ["ns.example"]],
    ]);
    expect(subject.blocklists.map(({ zone }) => zone)).toEqual(["zen.spamhaus.org", "bl.spamcop.net"]);
  });

  it("of a local stack stays in its world, with keys before lists' names", () => {
    const lists = [
      { zone: "bl.outside.test", about: ["client"], answers: "127.0.0.2" },
      { zone: "dbl.outside.test", about: ["sender"], answers: "127.0.1.2" },
    ];
    const blocklistKeys = { "bl.outside.test": "akeyofmine" };
    const settings = parseSettings({ ...localRaw(), blocklists: lists, blocklistKeys });
    const known = { ...NOTHING_KNOWN, blocklistKeys };
    const subject = subjectOf({ ...args, stack: "local", settings, known });
    expect(subject.knockAt).toEqual(["outside.test"]);
    expect(subject.provesByHttp).toBe(false);
    expect(subject.sites[0]?.doors).toEqual([
      { port: 25, speaks: "line" },
      { port: 80, speaks: "http" },
      { port: 443, speaks: "tls" },
      { port: 465, speaks: "tls" },
      { port: 587, speaks: "line" },
      { port: 993, speaks: "tls" },
    ]);
    expect(subject.blocklists).toEqual([
      { name: "bl.outside.test", zone: "akeyofmine.bl.outside.test", answers: "127.0.0.2" },
    ]);
    expect(subject.zones.every(({ closed }) => closed)).toBe(true);
    expect(resolverOf("local", settings, "alpha")).toEqual({ address: "10.77.1.53", port: 53 });
  });

  it("knocks at no port 25 of a site that is closed, whose users others serve", () => {
    const settings = parseSettings(withValue(threeSitesRaw(), "sites.2.state", "closed"));
    const { sites } = subjectOf({ ...args, stack: "local", settings, known: NOTHING_KNOWN });
    const ports = sites.map(({ doors }) => doors.map(({ port }) => port));
    expect(ports[0]).toContain(25);
    expect(ports[2]).toEqual(ports[0]?.filter((port) => port !== 25));
  });

  it("is asked of the machine's resolvers, the world's, or a given one", () => {
    expect(
      resolversHere(false, undefined, ["192.0.2.53", "192.0.2.54:5353", "2001:db8::53", "[2001:db8::54]:5353"]),
    ).toEqual([
      { address: "192.0.2.53" },
      { address: "192.0.2.54", port: 5353 },
      { address: "2001:db8::53" },
      { address: "2001:db8::54", port: 5353 },
    ]);
    expect(resolversHere(true, undefined, ["192.0.2.53"])).toEqual([{ address: "198.51.100.2", port: 53 }]);
    expect(resolversHere(true, "192.0.2.1", [])).toEqual([{ address: "192.0.2.1" }]);
  });

  it("is looked at as far as it is there: no address, no blocklist, and the port from the site itself", async () => {
    const nobody = {
      resolve: () => Promise.resolve(NOTHING),
      askServer: () => Promise.resolve(NOTHING),
      greet: () => Promise.resolve({ failed: "refused" }),
      knock: () => Promise.resolve({ failed: "refused" }),
    };
    const known = { ...NOTHING_KNOWN, ...machinesIn(RESOURCES) };
    const checksOf = (from: string | undefined) =>
      networkChecks(subjectOf({ ...args, known, from }), nobody).map(({ check, where }) => `${check} ${where}`);
    expect(checksOf(undefined)).toContain("addresses charlie");
    expect(checksOf(undefined).filter((one) => one.startsWith("blocklist"))).toHaveLength(8);
    const verdicts = await runChecks(networkChecks(subjectOf({ ...args, known, from: "alpha" }), nobody));
    expect(verdicts.find(({ where }) => where === "alpha IPv4")).toMatchObject({
      check: "port 25 out",
      level: "unknown",
    });
    expect(verdicts.find(({ where }) => where === "charlie")?.fix).toBe("Look again after `npm run up`.");
    const waysIn = async (from: string | undefined) =>
      (await runChecks(networkChecks(subjectOf({ ...args, known, from }), nobody)))
        .filter(({ check }) => check === "ports in")
        .map(({ where, level }) => `${where}: ${level}`);
    expect(await waysIn(undefined)).toEqual([
      "alpha 192.0.2.11: problem",
      "alpha 2001:db8::11: problem",
      "bravo: unknown",
    ]);
    expect(await waysIn("alpha")).toEqual(["alpha: unknown", "bravo: unknown"]);
    expect(verdicts.filter(({ check }) => check === "delegation").every(({ level }) => level === "problem")).toBe(true);
  });
});

describe("checks", () => {
  const ok: Verdict = { check: "a", where: "b", level: "ok", says: "Fine." };
  it("that hang or go wrong do not keep the others", async () => {
    const told: Verdict[] = [];
    const found = await runChecks(
      [
        { check: "slow", where: "x", look: () => new Promise(() => undefined) },
        { check: "wrong", where: "y", look: () => Promise.reject(new Error("no")) },
        { check: "a", where: "b", look: () => Promise.resolve(ok) },
      ],
      (verdicts) => void told.push(...verdicts),
      50,
    );
    expect(found.map(({ level, says }) => `${level}: ${says}`)).toEqual([
      "unknown: It took longer than 0.05 s.",
      "unknown: It went wrong: no",
      "ok: Fine.",
    ]);
    expect(told).toHaveLength(3);
  });

  it("are shown with what matters most at the end, and problems alone fail", () => {
    const problem: Verdict = { check: "c", where: "d", level: "problem", says: "Bad.", fix: "Mend it." };
    expect(
      verdictTable([problem, ok])
        .split("\n")
        .map((line) => line.trim()),
    ).toEqual([
      expect.stringMatching(/^CHECK +OF +RESULT$/),
      expect.stringMatching(/^a +b +ok +Fine\.$/),
      expect.stringMatching(/^c +d +PROBLEM +Bad\.$/),
      "→ Mend it.",
    ]);
    expect(summaryOf([problem, ok])).toBe("1 problem, 0 warnings, 0 that cannot be told, 1 ok.");
    expect([
      exitCodeOf([ok, { ...problem, level: "warning" }, { ...problem, level: "unknown" }]),
      exitCodeOf([ok, problem]),
    ]).toEqual([0, 1]);
  });
});

it.each([
  ["127.0.0.[2..11]", "127.0.0.11", true],
  ["127.0.0.[2..11]", "127.0.0.12", false],
  ["127.0.0.[2;4..6]", "127.0.0.5", true],
  ["127.0.0.[2;4..6]", "127.0.0.3", false],
  ["127.0.0.2", "127.0.0.2", true],
  ["127.[0..254].[0..255].[0..255]", "127.255.255.254", false],
  ["127.0.0.2", "203.0.113.80", false],
  ["127.0.0.2", "no address", false],
])("%s and %s match: %s", (pattern, answer, matches) => expect(answerMatches(pattern, answer)).toBe(matches));

describe("settings whose secrets are missing", () => {
  const raw = Object.fromEntries(
    Object.entries(templateConfig("production")).map(([key, value]) => [key.replace("mailkeep:", ""), value]),
  );

  it("are told as problems, and the rest is looked at", () => {
    const { settings, verdicts } = wantingSettings(writtenAsOne(raw), false);
    expect(settings?.sites).toHaveLength(3);
    expect(verdicts.map(({ where, fix }) => [where, fix])).toEqual([
      ['dnsTokens["mailkeep.example"]', "pulumi config set --secret --path 'mailkeep:dnsTokens[\"mailkeep.example\"]'"],
      ["mailboxes[0].address", "npm run mailkeep -- password ann@club.example"],
    ]);
  });

  it("and that are wrong besides cannot be looked at", () => {
    const { settings, verdicts } = wantingSettings(writtenAsOne({ ...raw, domains: [] }), false);
    expect(settings).toBeUndefined();
    expect(verdicts.map(({ where }) => where)).toEqual(["domains"]);
  });

  it("are as they should be in a local stack, whose passwords are made up", () => {
    const { passwordHashes, ...rest } = localRaw();
    expect(passwordHashes).toBeDefined();
    expect(wantingSettings(writtenAsOne(rest), true).verdicts).toEqual([]);
  });
});
