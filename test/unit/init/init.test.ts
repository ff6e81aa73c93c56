/** The file that `init` writes, and what it says comes next. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { describe, expect, it } from "vitest";
import { plan as makePlan } from "../../../components/plan/plan.ts";
import { writtenAsOne } from "../../../components/settings/include.ts";
import { settingsSchema } from "../../../components/settings/schema.ts";
import { answersFor } from "../../../tools/init/answers.ts";
import { type Question } from "../../../tools/init/question.ts";
import { nextSteps } from "../../../tools/init/next.ts";
import { renderStack } from "../../../tools/init/render.ts";
import { renderRules } from "../../../tools/init/rules.ts";
import { wantingSettings } from "../../../tools/preflight/wanting.ts";
import { byFlags, CHOICES } from "./choices.ts";

const TEMPLATE = readFileSync(new URL("../../../stacks/production.yaml", import.meta.url), "utf8");
const fileSchema = z.object({ config: z.record(z.string(), z.unknown()) });

async function written(flags: Readonly<Record<string, string>>, stack = "trial") {
  const answers = await answersFor(stack, byFlags(flags));
  const text = renderStack(TEMPLATE, answers);
  const { config } = fileSchema.parse(parse(text));
  const raw = Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace("mailkeep:", ""), value]));
  return { answers, text, raw, ...wantingSettings(writtenAsOne(raw), false) };
}

describe.each(Object.entries(CHOICES))("%s", (_, flags) => {
  it("are sound settings but for secrets, with every key", async () => {
    const { settings, verdicts, raw } = await written(flags);
    expect(verdicts.filter(({ where }) => !/^(mailboxes\[0\]|dnsTokens|relays\[0\]\.user)/.test(where))).toEqual([]);
    expect(settings?.sites).toHaveLength(Number(flags["sites"]));
    const keys = Object.entries(settingsSchema.shape).flatMap(([key, { description = "" }]) =>
      description.startsWith("Secret.") ? [] : [key],
    );
    expect(Object.keys(raw)).toEqual(expect.arrayContaining(keys));
  });

  it("have nothing left of the template's own names, and each key explained", async () => {
    const { text } = await written(flags);
    expect(text).not.toMatch(/mailkeep\.example|club\.example|charlie@|ann@club\.example/);
    const lines = text.split("\n");
    const bare = lines.filter(
      (line, index) =>
        /^ {2}mailkeep:/.test(line) &&
        !/^ *#|^ {4}/.test(lines[index - 1] ?? "") &&
        lines[index - 1] !== "" &&
        !/mailkeep:/.test(lines[index - 1] ?? ""),
    );
    expect(bare).toEqual([]);
  });

  it("say what comes next, with each secret's own command", async () => {
    const { answers, settings, verdicts } = await written(flags);
    if (settings === undefined) throw new Error("The settings are not sound.");
    const next = nextSteps(
      answers,
      makePlan("trial", settings),
      verdicts.map(({ where }) => ({ path: where })),
    );
    expect(next).toContain("npm run mailkeep -- password ann@club.org trial");
    expect(next.includes("dnsTokens[")).toBe(flags["dns"] !== "print");
    expect(next.includes("pulumi stack output dns")).toBe(flags["dns"] === "print");
    expect(next.includes("relayPasswords.relay")).toBe(flags["relay-user"] !== undefined);
    expect(next).toMatch(/preflight trial\n[^]*review -- trial\n[^]*up -- trial\n[^]*preflight trial --from alpha/);
  });
});

describe("keys and policies", () => {
  it("begin with the next key of each kind published, and with a policy that one can come back from", async () => {
    const { settings } = await written(CHOICES["both clouds"] ?? {});
    expect(settings?.domains).toMatchObject([{ dkimStandby: ["s2"], dmarcPolicy: "quarantine" }]);
    expect(settings?.dkim.infrastructure.dkimStandby).toEqual(["s2"]);
    expect(settings?.tlsKeys).toEqual(["alpha", "bravo", "charlie"].map((site) => ({ site, serves: 1, standby: [2] })));
  });

  it("are those of the hosted domain where the sites' names lie right below it", async () => {
    const { settings, verdicts, text } = await written({ ...CHOICES["both clouds"], infrastructure: "club.org" });
    expect(verdicts.filter(({ where }) => !/^(mailboxes\[0\]|dnsTokens)/.test(where))).toEqual([]);
    expect(settings?.domains).toMatchObject([{ name: "club.org", dkimStandby: ["s2"] }]);
    expect(text).not.toContain("infrastructure:");
  });
});

describe("a machine of one's own", () => {
  it("has a reverse name that somebody else keeps, which rules and owner are told", async () => {
    const { answers, settings } = await written(CHOICES["a machine of one's own"] ?? {});
    if (settings === undefined) throw new Error("The settings are not sound.");
    const [site] = settings.sites;
    if (site?.platform !== "host") throw new Error("It is no machine of one's own.");
    expect(JSON.parse(renderRules(answers) ?? "")).toEqual({
      "require-reverse-name": { keptByHand: Object.values(site.addresses) },
    });
    const next = nextSteps(answers, makePlan("trial", settings), []);
    expect(next).toContain(`set the reverse names (PTR): alpha's to alpha.${settings.infrastructureDomain}.`);
    expect(next).toContain("saying which key to let in");
  });

  it("is all that the rules have to be told of", async () => {
    const { answers } = await written(CHOICES["both clouds"] ?? {});
    expect(renderRules(answers)).toBeUndefined();
  });
});

describe("ways out", () => {
  it.each([
    ["droplets that may send", [["direct"], ["direct"], ["direct"]]],
    ["droplets behind a relay", [[{ relay: "relay" }], [{ relay: "relay" }]]],
    ["both clouds", [["direct"], [{ via: "alpha" }], [{ via: "alpha" }]]],
    ["a machine of one's own", [["direct"]]],
  ])("of %s are open ones", async (name, egress) => {
    const { settings } = await written(CHOICES[name] ?? {});
    expect(settings?.sites.map((site) => site.egress)).toEqual(egress);
  });
});

describe("questions", () => {
  it("that nobody answers are named with their flags, all at once", async () => {
    await expect(answersFor("trial", byFlags({}))).rejects.toThrow(
      /--domain .*\n.*--mailbox .*\n.*--relay .*\n.*--relay-spf .*\n.*--zone-id .*\n.*--ssh-from /,
    );
  });

  it.each([
    [{ sites: "9" }, '--sites is "9"; it may be 1, 2, 3.'],
    [{ platform: "vax" }, '--platform is "vax"; it may be digitalocean-droplet, gcp-instance, host.'],
    [{ dns: "bind" }, '--dns is "bind"; it may be cloudflare, digitalocean, google, print.'],
    [{ port25: "maybe" }, '--port25 is "maybe"; it may be yes, no.'],
  ])("take %j for no answer", async (flags, says) => {
    await expect(answersFor("trial", byFlags({ ...CHOICES["droplets that may send"], ...flags }))).rejects.toThrow(
      says,
    );
  });

  it("have defaults: a stack called production is meant to last", async () => {
    const asked: Question[] = [];
    const flags = CHOICES["a machine of one's own"] ?? {};
    const note = (question: Question): Promise<string | undefined> => {
      asked.push(question);
      return Promise.resolve(flags[question.flag]);
    };
    await answersFor("trial", note);
    expect(asked.find(({ flag }) => flag === "sites")?.fallback).toBe("1");
    asked.length = 0;
    await answersFor("production", note);
    expect(asked.map(({ flag, fallback }) => [flag, fallback])).toEqual(
      expect.arrayContaining([
        ["sites", "3"],
        ["acme", "production"],
      ]),
    );
  });
});

it("zones that are not one another's are two", async () => {
  const { raw } = await written({ ...CHOICES["droplets that may send"], infrastructure: "servers.example.net" });
  expect(raw["dnsZones"]).toMatchObject([{ name: "club.org" }, { name: "servers.example.net" }]);
});
