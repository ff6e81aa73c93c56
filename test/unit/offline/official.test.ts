/** The makers' own builds, from servers that a stand-in for `fetch` plays. */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fetchNode, NODE_VERSION, nodeArch } from "../../../tools/offline/node.mjs";
import { preparePulumi, PULUMI_VERSION } from "../../../tools/offline/pulumi-cli.ts";
import { run } from "../../../tools/offline/run.ts";
import { fakeStep } from "./fake.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mailkeep-official-"));
  vi.stubEnv("XDG_CACHE_HOME", join(folder, "cache"));
  // tar and nothing else: neither npm nor Go, so a fallback would show as an error.
  vi.stubEnv("PATH", await folderWithTar());
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  await rm(folder, { recursive: true });
});

async function folderWithTar(): Promise<string> {
  const bin = join(folder, "bin");
  await mkdir(bin);
  for (const name of ["tar", "gzip"]) {
    const { stdout } = await run("sh", ["-c", `command -v ${name}`]);
    await writeFile(join(bin, name), `#!/bin/sh\nexec ${stdout.trim()} "$@"\n`, { mode: 0o755 });
  }
  return bin;
}

/** An archive that holds `<inner>/<file>`. */
async function archive(inner: string, file: string): Promise<string> {
  await mkdir(join(folder, "tree", inner, file, ".."), { recursive: true });
  await writeFile(join(folder, "tree", inner, file), "the program", { mode: 0o755 });
  await run("tar", ["-czf", join(folder, "archive"), "-C", join(folder, "tree"), inner]);
  return readFile(join(folder, "archive"), "latin1");
}

/** Serves the archive, and a list with its checksum or another one. */
function serve(content: string, tampered = false): string[] {
  const asked: string[] = [];
  const sum = createHash("sha256").update(content, "latin1").digest("hex");
  let name = "";
  vi.stubGlobal("fetch", (url: string) => {
    asked.push(url);
    const isList = /SHASUMS|checksums/.test(url);
    if (!isList) name = basename(url);
    const list = `${tampered ? "0".repeat(64) : sum}  ${name === "" ? `node-v${NODE_VERSION}-linux-${nodeArch()}.tar.gz` : name}\n`;
    return Promise.resolve(new Response(isList ? list : Uint8Array.from(content, (char) => char.charCodeAt(0))));
  });
  return asked;
}

test("Pulumi comes from its makers, checked, and is there whole", async () => {
  const asked = serve(await archive("pulumi", "pulumi"));
  const pulumi = await preparePulumi(() => fakeStep().step);
  expect(pulumi).toMatchObject({ version: PULUMI_VERSION, source: "official" });
  expect(await readFile(pulumi.path, "utf8")).toBe("the program");
  expect(asked).toEqual([
    `https://get.pulumi.com/releases/sdk/pulumi-v${PULUMI_VERSION}-linux-${nodeArch()}.tar.gz`,
    `https://github.com/pulumi/pulumi/releases/download/v${PULUMI_VERSION}/pulumi-${PULUMI_VERSION}-checksums.txt`,
  ]);
});

test("an archive of Pulumi that was tampered with is not used", async () => {
  serve(await archive("pulumi", "pulumi"), true);
  const { step, told } = fakeStep();
  await expect(preparePulumi(() => step)).rejects.toThrow("Go 1.24 or newer");
  expect(told[0]).toContain("its checksum is not the published one");
});

test("Node.js comes from its makers, checked, with npm", async () => {
  const inner = `node-v${NODE_VERSION}-linux-${nodeArch()}`;
  await archive(inner, "bin/npm");
  serve(await archive(inner, "bin/node"));
  const node = await fetchNode(() => {});
  expect(node).toMatchObject({ version: NODE_VERSION, source: "official" });
  expect(await readFile(node.path, "utf8")).toBe("the program");
});

test("without either source of Node.js the sentence gives both reasons", async () => {
  vi.stubGlobal("fetch", () =>
    Promise.reject(new TypeError("fetch failed", { cause: new Error("connection refused") })),
  );
  const told: string[] = [];
  const fetching = fetchNode((line) => told.push(line));
  await expect(fetching).rejects.toThrow(/neither nodejs\.org \(connection refused\) nor the npm registry \(.*npm.*\)/);
  expect(told).toEqual(["nodejs.org cannot be used (connection refused); taking Node.js from the npm registry"]);
});
