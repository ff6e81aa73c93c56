/** Builds the Pulumi command line from the Go module proxy alone. */
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Step } from "../console.ts";
import { ask, lastLines, type Runner } from "./run.ts";

const MODULE = "github.com/pulumi/pulumi/pkg/v3";
const NEEDED_GO = [1, 24] as const;

interface Build {
  /** The executable is put here, as `pulumi`. */
  readonly folder: string;
  readonly version: string;
  readonly step: Step;
  readonly runner: Runner;
}

/**
 * Builds with the versions that Pulumi itself was released with: the wrapper module takes over its requirements and
 * replacements, which `go install` would refuse.
 *
 * @returns undefined, or a sentence on what to do
 */
export async function buildPulumi({ folder, version, step, runner }: Build): Promise<string | undefined> {
  const lacking = await lackingGo(runner);
  if (lacking !== undefined) return lacking;
  await writeFile(join(folder, "go.mod"), "module mailkeep/offline/pulumi\n\ngo 1.24\n");
  const module = await runner("go", ["mod", "download", "-json", `${MODULE}@v${version}`], { cwd: folder });
  const source = moduleFolder(module.stdout);
  if (source === undefined) {
    return `The source of Pulumi ${version} cannot be had from the Go module proxy: is GOPROXY reached from here? go says:\n${lastLines(module, 5)}`;
  }
  await writeFile(join(folder, "go.mod"), wrapperModule(await readFile(join(source, "go.mod"), "utf8"), version));
  await copyFile(join(source, "go.sum"), join(folder, "go.sum"));
  const ticker = setInterval(() => step.note("still building"), 15_000);
  try {
    const built = await runner("go", buildArguments(version), { cwd: folder });
    return built.code === 0
      ? undefined
      : `Pulumi ${version} does not build; the last that go said:\n${lastLines(built)}`;
  } finally {
    clearInterval(ticker);
  }
}

/** Two packages at a time: linking takes memory, and the machine is to stay usable. */
function buildArguments(version: string): string[] {
  const stamp = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${version}`;
  return [
    "build",
    "-mod=mod",
    "-p",
    "2",
    "-trimpath",
    "-ldflags",
    `-s -w ${stamp}`,
    "-o",
    "pulumi",
    `${MODULE}/cmd/pulumi`,
  ];
}

/** The released module's own go.mod under another name, requiring the module itself; its `replace` of its SDK is a path that is not there. */
export function wrapperModule(goMod: string, version: string): string {
  const kept = goMod
    .split("\n")
    .filter((line) => !/^replace .*\/sdk/.test(line))
    .map((line) => (line.startsWith("module ") ? "module mailkeep/offline/pulumi" : line));
  return `${kept.join("\n")}\nrequire ${MODULE} v${version}\n`;
}

async function lackingGo(runner: Runner): Promise<string | undefined> {
  const text = await ask(runner, "go", ["env", "GOVERSION"]);
  const needed = NEEDED_GO.join(".");
  if (text === undefined) {
    return `Pulumi is not installed, its archive cannot be fetched, and Go, which could build it, is missing: install Pulumi, or Go ${needed} or newer.`;
  }
  const [major = 0, minor = 0] = text.replace(/^go/, "").split(".").map(Number);
  if (major > NEEDED_GO[0] || (major === NEEDED_GO[0] && minor >= NEEDED_GO[1])) return undefined;
  return `Pulumi has to be built here, which needs Go ${needed} or newer; this machine has ${text}: install a newer Go, or Pulumi itself.`;
}

function moduleFolder(json: string): string | undefined {
  const dir = /"Dir": "([^"]+)"/.exec(json);
  return dir?.[1];
}
