/** Which keys a command means. */
import { describe, expect, it } from "vitest";
import { parseSettings } from "../../../components/settings/read.ts";
import { choose } from "../../../tools/rotation/choose.ts";
import { linesOf } from "../../../tools/rotation/step.ts";
import { localRaw, threeSitesRaw } from "../settings/local.ts";

const one = linesOf(parseSettings(localRaw()), {});
const three = linesOf(parseSettings(threeSitesRaw()), {});
const plain = linesOf(
  parseSettings({ ...localRaw(), dkim: {}, domains: [{ name: "home.test" }, { name: "club.test" }] }),
  {},
);

const names = (lines: typeof one, kind: string, owner?: string, key?: string): string[] =>
  choose(lines, { kind, owner, key }, "local").map(({ name }) => name);

describe("a command means", () => {
  it("both kinds of a domain's keys, or the one that it names", () => {
    expect(names(one, "dkim", "club.test")).toEqual(["dkim/club.test", "dkim-ed25519/club.test"]);
    expect(names(one, "dkim", "mailkeep.test")).toEqual(["dkim/mailkeep.test", "dkim-ed25519/mailkeep.test"]);
    expect(names(one, "dkim", "club.test", "rsa")).toEqual(["dkim/club.test"]);
    expect(names(one, "dkim", "club.test", "ed25519")).toEqual(["dkim-ed25519/club.test"]);
    expect(names(plain, "dkim", "club.test")).toEqual(["dkim/club.test"]);
  });

  it("what is there once, named or not", () => {
    expect(names(one, "tls")).toEqual(["tls/alpha"]);
    expect(names(three, "link", "bravo")).toEqual(["link/bravo"]);
    expect(names(three, "ca")).toEqual(["ca"]);
    expect(names(one, "srs")).toEqual(["srs"]);
  });

  it.each<[string, typeof one, string, string | undefined, string | undefined, string]>([
    [
      "nobody's key",
      one,
      "dkim",
      "other.test",
      undefined,
      "has no dkim key of other.test; it has: dkim --domain home.test,",
    ],
    [
      "one of many",
      one,
      "dkim",
      undefined,
      undefined,
      "Say which one is meant: dkim --domain home.test, dkim --domain club.test",
    ],
    ["one of many sites", three, "tls", undefined, "rsa", "Say which one is meant: tls --site alpha"],
    [
      "a kind that does not sign",
      plain,
      "dkim",
      "home.test",
      "ed25519",
      "does not sign with ed25519: set dkim.ed25519",
    ],
    [
      "a kind that there is not",
      one,
      "dkim",
      "home.test",
      "dsa",
      "no DKIM keys of the kind dsa; --key is one of: rsa, ed25519",
    ],
    ["a host key of local sites", three, "ssh", undefined, undefined, "has no machine that mailkeep makes"],
    ["a key for machines of local sites", three, "deploy", undefined, undefined, "no machine that mailkeep logs in to"],
    ["a link of one site", one, "link", undefined, undefined, "has one site, and so no link"],
  ])("nothing: %s", (_, lines, kind, owner, key, sentence) => {
    expect(() => names(lines, kind, owner, key)).toThrow(sentence);
  });
});
