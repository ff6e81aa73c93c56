import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { installedPackages, pluginOf, requiredPackages } from "../../../tools/offline/language-host/packages.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mailkeep-packages-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function put(path: string, manifest: unknown): Promise<void> {
  const file = join(folder, path, "package.json");
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, typeof manifest === "string" ? manifest : JSON.stringify(manifest));
}

describe("the plugin that a package asks for", () => {
  it("is named by its pulumi section first", () => {
    const pulumi = { resource: true, name: "tls", version: "5.6.1", server: "https://plugins.example" };
    expect(pluginOf({ name: "@other/tls", version: "9.9.9", pulumi })).toEqual({
      name: "tls",
      version: "v5.6.1",
      server: "https://plugins.example",
    });
  });

  it("is named by the package in the scope of Pulumi, and by no other", () => {
    const rest = { version: "v1.2.3", pulumi: { resource: true } };
    expect(pluginOf({ name: "@pulumi/random", ...rest })).toEqual({ name: "random", version: "v1.2.3", server: "" });
    expect(pluginOf({ name: "@other/random", ...rest })).toBeUndefined();
  });

  it.each([{}, { pulumi: true }, { pulumi: { resource: false } }])("is none for %j", (manifest) => {
    expect(pluginOf({ name: "@pulumi/pulumi", version: "3.250.0", ...manifest })).toBeUndefined();
  });
});

describe("the plugins of a program", () => {
  it("are found in scopes and nested packages, each once", async () => {
    const tls = { name: "@pulumi/tls", version: "5.6.1", pulumi: { resource: true } };
    await put("node_modules/@pulumi/tls", tls);
    await put("node_modules/component/node_modules/@pulumi/tls", tls);
    await put("node_modules/component", { name: "component", version: "1.0.0" });
    await put("node_modules/component/node_modules/@pulumi/random", { ...tls, name: "@pulumi/random" });
    await put("node_modules/broken", "{");
    await put("node_modules/.cache/hidden", { ...tls, name: "@pulumi/hidden" });
    expect((await requiredPackages(folder)).map(({ name }) => name)).toEqual(["random", "tls"]);
  });

  it("are none without node_modules", async () => {
    expect(await requiredPackages(folder)).toEqual([]);
  });
});

describe("the dependencies of a program", () => {
  it("are those it names, or all", async () => {
    await put(".", { dependencies: { yaml: "2" }, devDependencies: { vitest: "5" } });
    for (const name of ["yaml", "vitest", "deep"]) await put(`node_modules/${name}`, { name, version: "1.0.0" });
    const names = async (transitive: boolean) => (await installedPackages(folder, transitive)).map(({ name }) => name);
    expect(await names(false)).toEqual(["vitest", "yaml"]);
    expect(await names(true)).toEqual(["deep", "vitest", "yaml"]);
  });
});
