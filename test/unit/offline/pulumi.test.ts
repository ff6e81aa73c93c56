import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import manifest from "../../../package.json" with { type: "json" };
import { wrapperModule } from "../../../tools/offline/pulumi-build.ts";
import { fitsPulumi, hasChecksum, preparePulumi, PULUMI_VERSION } from "../../../tools/offline/pulumi-cli.ts";
import { fails, fakeRunner, fakeStep, OK, prints } from "./fake.ts";

let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "mailkeep-pulumi-"));
  vi.stubEnv("XDG_CACHE_HOME", cache);
  vi.stubEnv("PATH", join(cache, "path"));
  await mkdir(join(cache, "path"));
});

/** Puts an executable on PATH; what it answers is the runner's matter. */
async function install(): Promise<string> {
  const path = join(cache, "path", "pulumi");
  await writeFile(path, "", { mode: 0o755 });
  return path;
}
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(cache, { recursive: true });
});

const unreachable = () => Promise.resolve("no answer from get.pulumi.com within 4 s");

test("the command line is the SDK's version", () => {
  expect(PULUMI_VERSION).toBe(manifest.dependencies["@pulumi/pulumi"]);
});

test.each([
  ["v3.250.0", true],
  ["v3.261.2", true],
  ["v3.249.9", false],
  ["v4.0.0", false],
  ["", false],
])("%s fits: %s", (version, expected) => {
  expect(fitsPulumi(version)).toBe(expected);
});

test("one on PATH that fits is used without a word", async () => {
  const path = await install();
  const { runner } = fakeRunner({ [`${path} version`]: prints("v3.255.0\n") });
  const { step, told } = fakeStep();
  expect(await preparePulumi(() => step, runner, unreachable)).toEqual({
    name: "pulumi",
    path,
    version: "3.255.0",
    source: "installed",
  });
  expect(told).toEqual([]);
});

test("without an archive and without Go the sentence names both ways", async () => {
  const path = await install();
  const { runner } = fakeRunner({ [`${path} version`]: prints("v3.10.0\n") });
  const { step, told } = fakeStep();
  await expect(preparePulumi(() => step, runner, unreachable)).rejects.toThrow("install Pulumi, or Go 1.24 or newer");
  expect(told[0]).toContain("no answer from get.pulumi.com within 4 s");
});

test("an old Go is named with its version", async () => {
  const { runner } = fakeRunner({ "go env GOVERSION": prints("go1.19.8\n") });
  await expect(preparePulumi(() => fakeStep().step, runner, unreachable)).rejects.toThrow("this machine has go1.19.8");
});

test("a module proxy that does not answer is named with what go says", async () => {
  const { runner } = fakeRunner({
    "go env GOVERSION": prints("go1.26.8\n"),
    "go mod download": fails("dial tcp: no route to host"),
  });
  await expect(preparePulumi(() => fakeStep().step, runner, unreachable)).rejects.toThrow(
    /GOPROXY[^]*no route to host/,
  );
});

test("what was fetched is found again without asking anybody, also in a shell that has it on PATH", async () => {
  const path = join(cache, "mailkeep", `pulumi-${PULUMI_VERSION}`, "pulumi");
  const official = { name: "pulumi", path, version: PULUMI_VERSION, source: "official" };
  const { runner, ran } = fakeRunner({});
  const fetch = async () => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, "", { mode: 0o755 });
    return undefined;
  };
  expect(await preparePulumi(() => fakeStep().step, runner, fetch)).toEqual(official);
  vi.stubEnv("PATH", dirname(path));
  expect(await preparePulumi(() => fakeStep().step, runner, unreachable)).toEqual(official);
  expect(ran).toEqual([]);
});

test("the wrapper module keeps requirements and the clipboard replacement, and loses the path to the SDK", () => {
  const goMod = [
    "module github.com/pulumi/pulumi/pkg/v3",
    "",
    "go 1.24",
    "",
    "replace github.com/atotto/clipboard => github.com/tgummerer/clipboard v0.0.0-20241001131231-d02d263e614e",
    "replace github.com/pulumi/pulumi/sdk/v3 => ../sdk",
    "",
    "require example.org/a v1.0.0",
  ].join("\n");
  expect(wrapperModule(goMod, "3.250.0").split("\n")).toEqual([
    "module mailkeep/offline/pulumi",
    "",
    "go 1.24",
    "",
    "replace github.com/atotto/clipboard => github.com/tgummerer/clipboard v0.0.0-20241001131231-d02d263e614e",
    "",
    "require example.org/a v1.0.0",
    "require github.com/pulumi/pulumi/pkg/v3 v3.250.0",
    "",
  ]);
});

test("a checksum counts for its own file only", () => {
  const list = "aa11  pulumi-linux-x64.tar.gz\nbb22 *pulumi-linux-arm64.tar.gz\n";
  expect(hasChecksum(list, "pulumi-linux-x64.tar.gz", "aa11")).toBe(true);
  expect(hasChecksum(list, "pulumi-linux-arm64.tar.gz", "bb22")).toBe(true);
  expect(hasChecksum(list, "pulumi-linux-arm64.tar.gz", "aa11")).toBe(false);
});

test("the build asks for two packages at a time", async () => {
  const source = join(cache, "module");
  await mkdir(source);
  await writeFile(join(source, "go.mod"), "module x\n");
  await writeFile(join(source, "go.sum"), "");
  const { runner, ran } = fakeRunner({
    "go env GOVERSION": prints("go1.24.1"),
    "go mod download": prints(JSON.stringify({ Dir: source }, undefined, 1)),
    "go build": fails("out of memory"),
    tar: OK,
  });
  await expect(preparePulumi(() => fakeStep().step, runner, unreachable)).rejects.toThrow(
    /does not build[^]*out of memory/,
  );
  expect(ran.at(-1)).toContain("go build -mod=mod -p 2 -trimpath");
  await expect(readFile(join(cache, "mailkeep", "bin", "pulumi"))).rejects.toThrow("ENOENT");
});
