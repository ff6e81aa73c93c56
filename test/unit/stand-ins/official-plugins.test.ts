/** Which plugins the tests of the engine run on with `PLUGINS=official`. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { installStandIns, MARK } from "../../../providers/stand-ins/install.ts";
import { OFFICIAL_VERSION } from "../../../providers/stand-ins/versions.ts";
import { linkPlugins, officialPlugins } from "../../engine/official-plugins.ts";

let folder: string;
let installed: string;
let onPath: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mailkeep-plugins-"));
  installed = join(folder, "home", "plugins", `resource-tls-v${OFFICIAL_VERSION.tls}`, "pulumi-resource-tls");
  onPath = join(folder, "bin", "pulumi-resource-tls");
  vi.stubEnv("PULUMI_HOME", join(folder, "home"));
  vi.stubEnv("PATH", join(folder, "bin"));
  for (const file of [installed, onPath]) {
    await mkdir(join(file, ".."), { recursive: true });
    await writeFile(file, "", { mode: 0o755 });
  }
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

it("takes none that are not wanted", async () => {
  expect(await officialPlugins(["random", "tls"], false)).toEqual(new Map());
});

it("takes the installed one of the SDK's version, and knows of no other", async () => {
  expect(await officialPlugins(["random", "tls"], true)).toEqual(new Map([["tls", installed]]));
});

it("takes the one on PATH where a stand-in is installed", async () => {
  await writeFile(join(installed, "..", MARK), "");
  expect(await officialPlugins(["tls"], true)).toEqual(new Map([["tls", onPath]]));
});

it("leaves no place for a stand-in where it puts one", async () => {
  const home = join(folder, "another");
  await linkPlugins(await officialPlugins(["random", "tls"], true), home);
  const { used } = await installStandIns(join(folder, "scripts"), process.execPath, { pulumiHome: home });
  expect(used.map(({ name, from }) => [name, from])).toEqual([
    ["random", "stand-in"],
    ["tls", "official"],
  ]);
});
