/** `preflight`: it finds nothing in a stack that works, and each fault that is seeded in real name servers. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { checkPort25 } from "../../tools/preflight/port25.ts";
import { meansOf } from "../../tools/preflight/means.ts";
import { networkChecks, runChecks } from "../../tools/preflight/network.ts";
import type { Subject, SubjectSite } from "../../tools/preflight/subject.ts";
import type { Verdict } from "../../tools/preflight/verdict.ts";
import { mailkeep } from "../support/command-line.ts";
import { FaultyWorld } from "../support/faulty-world.ts";
import { fixture, type Fixture } from "../support/system.ts";

const MINUTES = 60_000;
const answerSchema = z.object({
  verdicts: z.array(z.object({ check: z.string(), where: z.string(), level: z.string(), says: z.string() })),
});

/** A site of the world with faults. @param host the end of its address */
const site = (name: string, hostname: string, host: number): SubjectSite => ({
  name,
  platform: "host",
  hostname,
  addresses: [`203.0.113.${host}`],
  sendsDirectly: true,
  relays: [],
  doors: [],
  up: false,
});
const SOUND = site("sound", "sound.good.test", 11);

describe("a stack that works", () => {
  let on: Fixture;
  beforeAll(async () => {
    on = await fixture();
  });

  const preflight = async (...args: readonly string[]) => {
    const { code, stdout, output } = await mailkeep("preflight", on.stack, "--json", ...args);
    expect(code, output).toBe(0);
    return answerSchema.parse(JSON.parse(stdout)).verdicts;
  };

  it("has no problem, as seen from here", async () => {
    const verdicts = await preflight();
    expect(verdicts.filter(({ level }) => level === "problem" || level === "warning")).toEqual([]);
    const fine = new Set(verdicts.filter(({ level }) => level === "ok").map(({ check }) => check));
    expect(fine).toEqual(new Set(["resolver", "delegation", "reverse DNS", "blocklist", "ports in"]));
  });

  it(
    "has no problem, as seen from a site: mail can leave, and names are proved",
    async () => {
      const verdicts = await preflight("--from", on.site.name);
      expect(verdicts.filter(({ level }) => level === "problem" || level === "warning")).toEqual([]);
      const own = verdicts.filter(({ check, where }) => check === "port 25 out" && where.startsWith(on.site.name));
      expect(own.map(({ level }) => level)).toEqual(["ok", "ok"]);
      const signed = verdicts.filter(({ check }) => check === "DNSSEC");
      expect(signed.map(({ level }) => level)).toEqual(signed.map(() => "ok"));
      expect(signed.length).toBeGreaterThan(2);
    },
    MINUTES,
  );

  it("has no site that it does not have", async () => {
    const { code, output } = await mailkeep("preflight", on.stack, "--from", "nowhere");
    expect(code).toBe(1);
    expect(output).toContain(`The stack ${on.stack} has no site nowhere; it has `);
  });
});

describe("seeded faults", () => {
  let world: FaultyWorld | undefined;
  let verdicts: readonly Verdict[];

  beforeAll(async () => {
    world = await FaultyWorld.start();
    const { resolver } = world;
    const zone = (name: string, servers?: readonly string[]) => ({ name, provider: "print", servers, closed: false });
    const list = (name: string) => ({ name, zone: name, answers: "127.0.0.[2..11]" });
    const subject: Subject = {
      stack: "seeded",
      sites: [
        SOUND,
        site("wrong", "wrong.good.test", 12),
        site("bare", "bare.good.test", 13),
        site("astray", "astray.good.test", 14),
      ],
      zones: [
        zone("good.test", ["ns.good.test"]),
        zone("unsigned.test"),
        zone("bogus.test"),
        zone("lame.test"),
        zone("moved.test", ["ns1.elsewhere.test"]),
        zone("missing.test"),
      ],
      blocklists: [
        list("bl.good.test"),
        list("refusing.good.test"),
        list("dead.good.test"),
        list("everybody.good.test"),
      ],
      domains: [],
      knockAt: [],
      resolvers: [resolver],
      from: undefined,
      provesByHttp: false,
    };
    verdicts = await runChecks(networkChecks(subject, meansOf(subject.resolvers)));
  }, 3 * MINUTES);
  afterAll(async () => {
    await world?.stop();
  }, MINUTES);

  it.each([
    ["resolver", /./, "ok", "does not answer for names that there are not"],
    ["delegation", "good.test", "ok", "ns.good.test: each answers for it."],
    ["DNSSEC", "good.test", "ok", "its signatures hold"],
    ["DNSSEC", "unsigned.test", "warning", "unsigned.test is not signed"],
    ["delegation", "unsigned.test", "ok", "each answers for it"],
    ["DNSSEC", "bogus.test", "problem", "The signatures of bogus.test are wrong"],
    ["delegation", "lame.test", "problem", "does not have the zone lame.test (it says REFUSED"],
    [
      "delegation",
      "moved.test",
      "problem",
      "moved.test is delegated to ns.good.test, but its records are at ns1.elsewhere.test.",
    ],
    ["delegation", "missing.test", "problem", "missing.test is not delegated"],
    ["reverse DNS", "sound 203.0.113.11", "ok", "lead to each other"],
    ["reverse DNS", "wrong 203.0.113.12", "problem", "says mail.isp.test, and the site says wrong.good.test"],
    ["reverse DNS", "bare 203.0.113.13", "problem", "203.0.113.13 has no PTR record"],
    ["reverse DNS", "astray 203.0.113.14", "problem", "that name leads to 203.0.113.99"],
    ["blocklist", "203.0.113.11 bl.good.test", "ok", "does not have it"],
    ["blocklist", "203.0.113.12 bl.good.test", "problem", "lists it (127.0.0.2). It says: Seen to send spam"],
    ["blocklist", "203.0.113.11 refusing.good.test", "unknown", "refuses to answer (127.255.255.254)"],
    ["blocklist", "203.0.113.11 dead.good.test", "unknown", "says nothing even of 127.0.0.2"],
    ["blocklist", "203.0.113.11 everybody.good.test", "warning", "lists 127.0.0.1, and so probably everybody"],
  ])("%s of %s is %s", (check, where, level, says) => {
    const [found, ...more] = verdicts.filter(
      (one) => one.check === check && (typeof where === "string" ? one.where === where : where.test(one.where)),
    );
    expect(more).toEqual([]);
    expect(`${found?.level ?? ""}: ${found?.says ?? ""}`).toContain(says);
    expect(found?.level).toBe(level);
  });

  it("port 25 that nobody answers at is closed", async () => {
    // The domain's server is the name server itself, where nothing listens for mail.
    const [verdict] = await checkPort25(SOUND, ["good.test"], meansOf(world === undefined ? [] : [world.resolver]));
    expect(verdict?.level).toBe("problem");
    expect(verdict?.says).toContain("No connection to port 25 comes about (ns.good.test: refused).");
  });
});

describe("a resolver that lies", () => {
  let world: FaultyWorld | undefined;
  beforeAll(async () => {
    world = await FaultyWorld.start({ lying: true });
  }, 3 * MINUTES);
  afterAll(async () => {
    await world?.stop();
  }, MINUTES);

  it("is told, and no listing is believed of it", async () => {
    const subject: Subject = {
      stack: "seeded",
      sites: [SOUND],
      zones: [],
      blocklists: [{ name: "bl.good.test", zone: "bl.good.test", answers: undefined }],
      domains: [],
      knockAt: [],
      resolvers: world === undefined ? [] : [world.resolver],
      from: undefined,
      provesByHttp: false,
    };
    const found = await runChecks(networkChecks(subject, meansOf(subject.resolvers)));
    expect(found.find(({ check }) => check === "resolver")?.says).toContain(
      "It answers 203.0.113.80 for a name that there is not.",
    );
    expect(found.find(({ check }) => check === "blocklist")?.level).toBe("unknown");
  });
});
