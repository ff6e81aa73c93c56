/** The reference of the settings is what the schema says. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { PORT } from "../../../components/plan/ports.ts";
import { CONFIGURATION_FILE, configurationText } from "../../../tools/docs/configuration.ts";
import { examplesIn } from "../../../tools/docs/examples.ts";
import { settingsTree, type SchemaNode } from "../../../tools/docs/schema-tree.ts";
import { allowedWords, defaultWords, typeWords } from "../../../tools/docs/words.ts";
import { localYaml } from "../settings/local.ts";

describe("docs/configuration.md", () => {
  it("is up to date; `npm run mailkeep -- docs` writes it", async () =>
    expect(await readFile(CONFIGURATION_FILE, "utf8")).toBe(await configurationText()));

  it("says on its first line that it is generated", async () =>
    expect((await configurationText()).split("\n")[0]).toMatch(
      /^<!-- Generated from components\/settings\/schema\.ts/,
    ));

  it("describes every key", async () => {
    const text = await configurationText();
    const undescribed = text.split("\n").filter((line) => /^\| `[\w.]+` +\| +\|/.test(line));
    expect(undescribed).toEqual([]);
    for (const key of Object.keys(settingsTree().properties ?? {})) {
      expect(text).toContain(`\n## ${key}\n`);
      expect(text).toContain(`\`\`\`yaml\nmailkeep:${key}:`);
    }
  });
});

describe("what a key takes", () => {
  it.each<[SchemaNode, string, string]>([
    [{ type: "string" }, "text", ""],
    [{ type: "string", format: "ipv6" }, "IPv6 address", ""],
    [{ type: "string", enum: ["a", "b"] }, "text", "`a`, `b`"],
    [{ type: "string", allowed: "a label" }, "text", "a label"],
    [{ type: "boolean", const: true }, "true or false", "`true`"],
    [{ type: "integer", minimum: 1, maximum: 5 }, "whole number", "1 to 5"],
    [{ type: "integer", minimum: 2 }, "whole number", "2 or more"],
    [{ type: "array", items: { type: "object" }, minItems: 1 }, "list of groups of keys", "one entry or more"],
    [
      { type: "array", items: { type: "string", enum: ["a"] }, minItems: 1, maxItems: 3 },
      "list of texts",
      "of `a`; 1 to 3 entries",
    ],
    [{ type: "object", propertyNames: { type: "string", format: "email" } }, "group, by mail address", ""],
    [
      {
        anyOf: [
          { type: "string", const: "local" },
          { type: "string", format: "uri" },
        ],
      },
      "text or URL",
      "",
    ],
  ])("%j", (node, type, allowed) => {
    expect(typeWords(node)).toBe(type);
    expect(allowedWords(node)).toBe(allowed);
  });

  it("when it is left out", () => {
    expect(defaultWords({}, true)).toBe("required");
    expect(defaultWords({}, false)).toBe("none");
    expect(defaultWords({ default: "s1" }, false)).toBe("`s1`");
    expect(defaultWords({ default: [] }, false)).toBe("`[]`");
    expect(defaultWords({ default: {}, properties: {} }, false)).toBe("those of its keys");
  });
});

describe("examples", () => {
  const examples = examplesIn(localYaml());

  it("are the file's own lines", () => {
    expect(examples.ofKey("infrastructureDomain")).toBe("mailkeep:infrastructureDomain: mailkeep.test");
    expect(examples.ofKey("mailboxes")).toBe(
      "mailkeep:mailboxes:\n  - address: ann@home.test # also the login\n  - address: ben@home.test\n  - address: cat@club.test",
    );
    expect(examples.ofKey("acme")).toBeUndefined();
  });

  it("are the first value at a path, through lists", () => {
    expect(examples.at(["sites", "addresses", "v4"])).toBe("198.51.100.11");
    expect(examples.at(["aliases", "discard"])).toBe(true);
    expect(examples.at(["aliases", "targets"])).toEqual(["ann@home.test"]);
    expect(examples.at(["sites", "nothing"])).toBeUndefined();
  });
});

describe("docs/architecture.md", () => {
  it("has every port in its table, and no other", async () => {
    const text = await readFile(new URL("../../../docs/architecture.md", import.meta.url), "utf8");
    const table = (text.split("## Ports")[1] ?? "").split("\n").filter((line) => /^\| \d/.test(line));
    const ports = table.flatMap((line) => (line.split("|")[1] ?? "").split(",").map(Number));
    expect(ports.sort((a, b) => a - b)).toEqual(Object.values(PORT).sort((a, b) => a - b));
  });
});

describe.each(["architecture.md", "configuration.md", "set-up.md"])("docs/%s", (name) => {
  it("leads only to files that are there", async () => {
    const docs = new URL("../../../docs/", import.meta.url);
    const text = await readFile(new URL(name, docs), "utf8");
    const links = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, link = ""]) => link);
    const missing = links.filter((link) => link !== "decisions.md" && !existsSync(new URL(link, docs)));
    expect(missing).toEqual([]);
  });
});
