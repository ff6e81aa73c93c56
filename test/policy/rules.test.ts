import { globSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { rules as mail } from "../../policy/mail/rules.ts";
import { rules as network } from "../../policy/network/rules.ts";
import { allRules } from "../../policy/rules.ts";
import { rules as workload } from "../../policy/workload/rules.ts";

describe("all packs in one", () => {
  it("has every rule of every pack", () => {
    expect(allRules).toHaveLength(network.length + mail.length + workload.length);
  });

  it("has no name twice, so that one configuration serves all", () => {
    const names = allRules.map(({ name }) => name);
    expect(names.toSorted()).toEqual([...new Set(names)].toSorted());
  });
});

describe("the packs", () => {
  const folder = fileURLToPath(new URL("../../policy/", import.meta.url));
  const files = globSync("**/*.ts", { cwd: folder });

  it.each(files)("import nothing of the program, which could approve its own slip: %s", (file) => {
    const text = readFileSync(resolve(folder, file), "utf8");
    const imported = [...text.matchAll(/from "([^"]+)"/g)].map(([, from = ""]) => from);
    const outside = imported.filter((from) =>
      from.startsWith(".")
        ? relative(folder, resolve(folder, dirname(file), from)).startsWith("..")
        : from !== "@pulumi/policy" && !from.startsWith("node:"),
    );
    expect(outside).toEqual([]);
  });
});
