/** Lists that go on in files beside the stack's own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withIncluded } from "../../../components/settings/include.ts";
import { SettingsError } from "../../../components/settings/problem.ts";
import { parseSettings, parseWritten, readSettings } from "../../../components/settings/read.ts";
import { localRaw } from "./local.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mailkeep-include-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, text: string): string {
  mkdirSync(join(folder, name, ".."), { recursive: true });
  writeFileSync(join(folder, name), text);
  return name;
}

function problemsOf(raw: Readonly<Record<string, unknown>>): readonly string[] {
  try {
    parseWritten(withIncluded(raw, folder));
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems.map(({ path, got }) => `${path}: ${got}`);
  }
}

const CLUB = `domains:
  - name: chess.test
aliases:
  - address: postmaster@chess.test
    targets: [ann@home.test]
  - address: hostmaster@chess.test
    targets: [ann@home.test]
  - address: abuse@chess.test
    targets: [ann@home.test]
`;

describe("files that a stack includes", () => {
  it("are the settings as if all of it lay in one", () => {
    const raw = localRaw();
    const names = [put("clubs.yaml", CLUB), put("of/parked.yml", "parkedDomains: [quiet.test]\n")];
    const config = Object.entries({ ...raw, include: names }).map(
      ([key, value]) => [`mailkeep:${key}`, typeof value === "string" ? value : JSON.stringify(value)] as const,
    );
    const read = readSettings(Object.fromEntries(config), folder);
    const alone = parseSettings(raw);
    expect(read.domains.map(({ name }) => name)).toEqual([...alone.domains.map(({ name }) => name), "chess.test"]);
    expect(read.aliases).toHaveLength(alone.aliases.length + 3);
    expect(read.parkedDomains).toEqual([...alone.parkedDomains, "quiet.test"]);
    expect(read.mailboxes).toEqual(alone.mailboxes);
  });

  it("have the whole of a list that the stack's own file does not have", () => {
    const { domains, ...rest } = localRaw();
    put("all.yaml", JSON.stringify({ domains }));
    expect(problemsOf({ ...rest, include: ["all.yaml"] })).toEqual([]);
  });

  it("are named where something in them is wrong, and the stack's own file is not", () => {
    put("clubs.yaml", CLUB.replaceAll("chess.test", "chess test"));
    put("more.yaml", "domains:\n  - name: other.test\n    dmarcPolicy: maybe\n");
    const found = problemsOf({ ...localRaw(), clientName: "no label", include: ["clubs.yaml", "more.yaml"] });
    expect(found).toEqual(
      expect.arrayContaining([
        'clubs.yaml: domains[0].name: "chess test"',
        'clubs.yaml: aliases[0].address: "postmaster@chess test"',
        'more.yaml: domains[0].dmarcPolicy: "maybe"',
        'clientName: "no label"',
      ]),
    );
  });

  it("do not hide what only the whole shows, such as a domain that is there twice", () => {
    put("clubs.yaml", "domains:\n  - name: home.test\n");
    expect(problemsOf({ ...localRaw(), include: ["clubs.yaml"] }).join()).toMatch(/clubs\.yaml: domains\[0\]/);
  });

  it("leave a list alone that is none", () => {
    put("clubs.yaml", CLUB);
    expect(problemsOf({ ...localRaw(), domains: "home.test", include: ["clubs.yaml"] })).toContain(
      'domains: "home.test"',
    );
  });

  it.each([
    ["is missing", undefined, /^include\[0\]: clubs\.yaml, which cannot be read in /],
    ["is not YAML", "domains: [", /^include\[0\]: clubs\.yaml, which is not YAML: /],
    ["is empty", "", /^clubs\.yaml: nothing$/],
    ["is a list", "- a\n", /^clubs\.yaml: no group of keys$/],
    ["has another key", "sites: []\n", /^clubs\.yaml: sites: a key that belongs into the stack's own file$/],
    ["has a secret's key", "passwordHashes: {}\n", /^clubs\.yaml: passwordHashes: a key that belongs/],
    ["has the namespace", "mailkeep:domains: []\n", /^clubs\.yaml: mailkeep:domains: a key that belongs/],
    ["has a group for a list", "domains: { name: a.test }\n", /^clubs\.yaml: domains: no list$/],
  ])("of which one %s are refused in a sentence", (_, text, expected) => {
    if (text !== undefined) put("clubs.yaml", text);
    const found = problemsOf({ ...localRaw(), include: ["clubs.yaml"] });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
  });

  it.each(["../clubs.yaml", "/etc/clubs.yaml", "Pulumi.club.yaml", "clubs.json", "a//b.yaml", ""])(
    "are below the stack's folder, and not %j",
    (name) => expect(problemsOf({ ...localRaw(), include: [name] }).join()).toContain("include[0]"),
  );

  it("are each named once", () => {
    put("clubs.yaml", CLUB);
    expect(problemsOf({ ...localRaw(), include: ["clubs.yaml", "clubs.yaml"] }).join()).toContain("include: ");
  });
});
