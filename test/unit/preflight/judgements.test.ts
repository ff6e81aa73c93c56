/** What is said of what the network answers. */
import { describe, expect, it } from "vitest";
import { judgeListing } from "../../../tools/preflight/blocklists.ts";
import { judgePort25, judgeRelay } from "../../../tools/preflight/port25.ts";
import { isLie, judgeResolver } from "../../../tools/preflight/resolver.ts";
import { judgeReverse } from "../../../tools/preflight/reverse.ts";
import { judgeRpki } from "../../../tools/preflight/rpki.ts";
import type { Greeting, Seen } from "../../../tools/preflight/means.ts";
import { ALPHA, EMPTY, found, NOTHING, seen, short, SILENT } from "./seen.ts";

describe("reverse DNS", () => {
  const address = "192.0.2.11";
  const own = found("PTR", ALPHA.hostname);
  const back = found("A", address);
  it.each<[string, Seen, Seen, string]>([
    ["both ways", own, back, `ok: 192.0.2.11 and ${ALPHA.hostname} lead to each other.`],
    ["no PTR", NOTHING, back, "problem: 192.0.2.11 has no PTR record."],
    ["no PTR beside something else", EMPTY, back, "problem: 192.0.2.11 has no PTR record."],
    [
      "another name",
      found("PTR", "static-11.isp.example"),
      back,
      "problem: The PTR record of 192.0.2.11 says static-11.isp.example, and the site says alpha.mailkeep.example.",
    ],
    [
      "a second name",
      found("PTR", ALPHA.hostname, "old.example"),
      back,
      "warning: 192.0.2.11 has 2 PTR records: alpha.mailkeep.example, old.example.",
    ],
    [
      "a name that leads elsewhere",
      own,
      found("A", "192.0.2.99"),
      "problem: The PTR record says alpha.mailkeep.example, and that name leads to 192.0.2.99.",
    ],
    [
      "a name that leads nowhere",
      own,
      NOTHING,
      "problem: The PTR record says alpha.mailkeep.example, and that name has no A record.",
    ],
    [
      "a server that fails",
      seen("SERVFAIL"),
      back,
      "unknown: The PTR record of 192.0.2.11 cannot be looked up (SERVFAIL).",
    ],
    ["silence", SILENT, back, "unknown: The PTR record of 192.0.2.11 cannot be looked up (SILENT)."],
    [
      "a name that cannot be looked up",
      own,
      seen("SERVFAIL"),
      "unknown: The addresses of alpha.mailkeep.example cannot be looked up (SERVFAIL).",
    ],
  ])("%s", (_, pointer, forward, says) => {
    expect(short(judgeReverse({ site: ALPHA, address, pointer, forward }))).toBe(says);
  });

  it("only warns where the site's mail leaves by others", () => {
    const site = { ...ALPHA, sendsDirectly: false };
    expect(judgeReverse({ site, address, pointer: NOTHING, forward: back }).level).toBe("warning");
  });

  it.each([
    ["digitalocean-droplet", "see that the droplet is called alpha.mailkeep.example"],
    ["gcp-instance", "Prove to Google"],
    ["host", "Ask whoever gave you the address"],
    ["local", "run `npm run up`"],
  ] as const)("says what to do on the platform %s", (platform, fix) => {
    const site = { ...ALPHA, platform };
    expect(judgeReverse({ site, address, pointer: NOTHING, forward: back }).fix).toContain(fix);
  });
});

describe("a blocklist", () => {
  const list = { name: "zen.spamhaus.org", zone: "zen.spamhaus.org", answers: "127.0.0.[2..11]" };
  const usual = { answer: NOTHING, trial: found("A", "127.0.0.2"), nobody: NOTHING, resolverLies: false };
  it.each<[string, Partial<typeof usual>, string]>([
    ["that does not have it", {}, "ok: zen.spamhaus.org does not have it."],
    [
      "that has it",
      { answer: found("A", "127.0.0.4", "127.0.0.10") },
      "problem: zen.spamhaus.org lists it (127.0.0.4, XBL: a machine that somebody else controls; 127.0.0.10, PBL: its provider says that no mail should come from there). It says: see example",
    ],
    [
      "that refuses public resolvers",
      { answer: found("A", "127.255.255.254") },
      "unknown: zen.spamhaus.org refuses to answer (127.255.255.254): it gives no answers to public resolvers, or to networks that do not say whose they are. That is no listing.",
    ],
    [
      "that is asked too often",
      { answer: found("A", "127.255.255.255") },
      "unknown: zen.spamhaus.org refuses to answer (127.255.255.255): it has been asked too often from there. That is no listing.",
    ],
    [
      "that is misspelt",
      { answer: found("A", "127.255.255.252") },
      "unknown: zen.spamhaus.org refuses to answer (127.255.255.252): its zone's name is not written as its operator writes it. That is no listing.",
    ],
    [
      "whose refusal is of another kind",
      { answer: found("A", "127.255.255.250") },
      "unknown: zen.spamhaus.org refuses to answer (127.255.255.250): its operator's pages say why. That is no listing.",
    ],
    [
      "that refuses the trial alone",
      { trial: found("A", "127.255.255.254") },
      "unknown: zen.spamhaus.org refuses to answer (127.255.255.254): it gives no answers to public resolvers, or to networks that do not say whose they are. That is no listing.",
    ],
    ["that is silent", { answer: SILENT }, "unknown: zen.spamhaus.org does not answer (SILENT)."],
    ["that sends us away", { answer: seen("REFUSED") }, "unknown: zen.spamhaus.org does not answer (REFUSED)."],
    [
      "that says nothing of the trial",
      { trial: NOTHING },
      "unknown: zen.spamhaus.org says nothing even of 127.0.0.2, which each list has for trials.",
    ],
    [
      "that lists everybody",
      { answer: found("A", "127.0.0.2"), nobody: found("A", "127.0.0.2") },
      "warning: zen.spamhaus.org lists 127.0.0.1, and so probably everybody: it is no more, or its name has another owner.",
    ],
    [
      "with an answer that means nothing",
      { answer: found("A", "127.0.0.99") },
      "warning: zen.spamhaus.org answers 127.0.0.99, which does not mean that mail is refused.",
    ],
    [
      "with an answer of no list",
      { answer: found("A", "203.0.113.80") },
      "warning: zen.spamhaus.org answers 203.0.113.80, which does not mean that mail is refused.",
    ],
    [
      "asked of a liar",
      { answer: found("A", "127.0.0.2"), resolverLies: true },
      "unknown: The resolver answers for names that there are not, so its answers mean nothing.",
    ],
  ])("%s", (_, changes, says) => {
    const verdict = judgeListing({
      site: ALPHA,
      address: "192.0.2.11",
      list,
      reasons: changes.answer?.answers.length === 2 ? ["see example"] : [],
      ...usual,
      ...changes,
    });
    expect(`${verdict.level}: ${verdict.says}`).toBe(says);
    expect(verdict.fix === undefined).toBe(verdict.level === "ok");
  });

  it("without answers of its own takes all but refusals for a listing, and shows no key", () => {
    const keyed = { name: "list.example", zone: "akeythatissecret.list.example", answers: undefined };
    const verdict = judgeListing({
      site: ALPHA,
      address: "192.0.2.11",
      list: keyed,
      reasons: [],
      ...usual,
      answer: found("A", "127.1.2.3"),
    });
    expect(verdict.level).toBe("problem");
    expect(JSON.stringify(verdict)).not.toContain("akeythatissecret");
  });
});

describe("port 25", () => {
  const tried = (...greetings: readonly Greeting[]) =>
    greetings.map((greeting, index) => ({ host: `mx${index + 1}.example`, address: "192.0.2.1", greeting }));
  it.each<[string, "IPv4" | "IPv6", ReturnType<typeof tried>, string]>([
    [
      "that one of them answers at",
      "IPv4",
      tried({ failed: "refused" }, { line: "220 hello" }),
      "ok: mx2.example has answered: 220 hello",
    ],
    [
      "that nobody answers at",
      "IPv4",
      tried({ failed: "silent for 12 s" }, { failed: "refused" }),
      "problem: No connection to port 25 comes about (mx1.example: silent for 12 s; mx2.example: refused).",
    ],
    [
      "that nobody answers at by IPv6",
      "IPv6",
      tried({ failed: "ENETUNREACH" }),
      "warning: No connection to port 25 comes about (mx1.example: ENETUNREACH).",
    ],
    [
      "that sends us away",
      "IPv4",
      tried({ line: "554 go away." }),
      "warning: Port 25 is open, but mx1.example sends us away: 554 go away.",
    ],
    [
      "without anybody to knock at",
      "IPv4",
      [],
      "unknown: No mail server with an IPv4 address could be looked up to knock at.",
    ],
  ])("%s (%s)", (_, family, targets, says) => {
    expect(short(judgePort25(ALPHA, family, targets))).toBe(says);
  });

  it.each([
    ["digitalocean-droplet", "Ask DigitalOcean's support to open port 25"],
    ["gcp-instance", "Google Cloud never opens it"],
    ["host", "Ask whoever the machine's network belongs to"],
    ["local", "`npm run status`"],
  ] as const)("that is closed has a remedy on the platform %s", (platform, fix) => {
    expect(judgePort25({ ...ALPHA, platform }, "IPv4", tried({ failed: "refused" })).fix).toContain(fix);
  });

  it.each<[string, Greeting | undefined, string]>([
    ["that is there", { line: "220 relay" }, "ok: It answers: 220 relay"],
    ["that says no", { line: "554 no" }, "problem: The relay says 554 no."],
    ["that is not there", { failed: "refused" }, "problem: The relay does not answer (refused)."],
    ["without an address", undefined, "problem: relay.example has no IPv4 address."],
  ])("a relay %s", (_, greeting, says) => {
    expect(short(judgeRelay(ALPHA, "relay.example", 587, greeting))).toBe(says);
  });

  it("may need another port at DigitalOcean, where nobody answers at the usual ones", () => {
    const droplet = { ...ALPHA, platform: "digitalocean-droplet" } as const;
    expect(judgeRelay(droplet, "relay.example", 587, { failed: "silent for 12 s" }).fix).toContain("such as 2525");
    expect(judgeRelay(droplet, "relay.example", 587, { line: "554 no" }).fix).toContain("Ask its operator");
    expect(judgeRelay(ALPHA, "relay.example", 587, { failed: "silent for 12 s" }).fix).toContain("Ask its operator");
  });
});

describe("a resolver", () => {
  it.each<[string, Seen, string, boolean]>([
    ["that tells the truth", NOTHING, "ok", false],
    ["that knows its zones alone", seen("REFUSED"), "ok", false],
    ["that invents", found("A", "203.0.113.80"), "warning", true],
    ["that is silent", SILENT, "unknown", false],
  ])("%s", (_, answer, level, lie) => {
    expect(judgeResolver("192.0.2.53", answer).level).toBe(level);
    expect(isLie(answer)).toBe(lie);
  });
});

describe("a route", () => {
  it.each([
    ["valid", "ok"],
    ["unknown", "warning"],
    ["not-found", "warning"],
    ["invalid_asn", "problem"],
    ["invalid_length", "problem"],
    ["documentation", "unknown"],
    ["unrouted", "warning"],
    ["unasked", "unknown"],
    ["odd", "unknown"],
  ])("that is %s", (status, level) => {
    expect(judgeRpki("alpha 192.0.2.11", status, undefined).level).toBe(level);
  });
});
