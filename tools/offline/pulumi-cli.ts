/** The Pulumi command line: the one that is installed, else the official archive, else built from the Go module proxy. */
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fail, type Step } from "../console.ts";
import { cacheBin, exists, inCache, temporary } from "./cache.ts";
import { buildPulumi } from "./pulumi-build.ts";
import { download, locked, nodeArch, sha256 } from "./node.mjs";
import { onPath } from "./on-path.ts";
import { ask, lastLines, run, type Runner } from "./run.ts";
import type { Used } from "./used.ts";

/** The same as that of `@pulumi/pulumi` in package.json: engine and SDK speak one protocol. */
export const PULUMI_VERSION = "3.250.0";

/** A command line that can be started. */
export interface PulumiCli extends Used {
  /** Absolute. */
  readonly path: string;
}

/** Where the command line lies when it is not one that the machine had: the official one has a folder of its own. */
export function pulumiPath(source: "official" | "fallback" = "fallback"): string {
  return source === "official" ? inCache(`pulumi-${PULUMI_VERSION}`, "pulumi") : join(cacheBin(), "pulumi");
}

/**
 * Sees to the Pulumi command line.
 *
 * @throws SentenceError where it can neither be fetched nor built
 */
export async function preparePulumi(
  progress: () => Step,
  runner: Runner = run,
  fetch = fromPulumiCom,
): Promise<PulumiCli> {
  const there = (await installedPulumi(runner)) ?? (await cachedPulumi(runner));
  if (there !== undefined) return there;
  const step = progress();
  return locked(inCache("pulumi.lock"), async () => {
    const meanwhile = await cachedPulumi(runner);
    if (meanwhile !== undefined) return meanwhile;
    const why = await fetch(runner);
    if (why === undefined) {
      step.done(`${PULUMI_VERSION} from get.pulumi.com`);
      return found(pulumiPath("official"), PULUMI_VERSION, "official");
    }
    step.note(`get.pulumi.com cannot be used (${why}); building it from the Go module proxy, which takes some minutes`);
    await build(step, runner);
    step.done(`${PULUMI_VERSION} built`);
    return found(pulumiPath(), PULUMI_VERSION, "fallback");
  });
}

/** Any later 3.x speaks with our SDK; an earlier one may lack what it asks for. */
export function fitsPulumi(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = PULUMI_VERSION.split(".").map(Number);
  return major === wantedMajor && minor >= wantedMinor;
}

function found(path: string, version: string, source: Used["source"]): PulumiCli {
  return { name: "pulumi", path, version: version.replace(/^v/, ""), source };
}

/** The machine's own. In a shell of ours the one in the cache is on PATH too, and is not meant. */
async function installedPulumi(runner: Runner): Promise<PulumiCli | undefined> {
  const path = await onPath("pulumi", process.env["PATH"], [dirname(pulumiPath("official")), cacheBin()]);
  const version = path === undefined ? undefined : await ask(runner, path, ["version"]);
  return path === undefined || version === undefined || !fitsPulumi(version)
    ? undefined
    : found(path, version, "installed");
}

/** The version is asked of the fallback alone, because its path does not name it. */
async function cachedPulumi(runner: Runner): Promise<PulumiCli | undefined> {
  if (await exists(pulumiPath("official"))) return found(pulumiPath("official"), PULUMI_VERSION, "official");
  if (!(await exists(pulumiPath()))) return undefined;
  const version = await ask(runner, pulumiPath(), ["version"]);
  return version !== undefined && fitsPulumi(version) ? found(pulumiPath(), version, "fallback") : undefined;
}

/** @returns undefined, or why it did not work */
async function fromPulumiCom(runner: Runner): Promise<string | undefined> {
  const name = `pulumi-v${PULUMI_VERSION}-linux-${nodeArch()}.tar.gz`;
  const sums = `https://github.com/pulumi/pulumi/releases/download/v${PULUMI_VERSION}/pulumi-${PULUMI_VERSION}-checksums.txt`;
  const draft = await temporary();
  try {
    const archive = join(draft, name);
    await download(`https://get.pulumi.com/releases/sdk/${name}`, archive);
    await download(sums, `${archive}.sums`);
    if (!hasChecksum(await readFile(`${archive}.sums`, "utf8"), name, await sha256(archive)))
      return "its checksum is not the published one";
    const untar = await runner("tar", ["-xzf", archive, "-C", draft]);
    if (untar.code !== 0) return `its archive does not unpack: ${lastLines(untar, 1)}`;
    await rename(join(draft, "pulumi"), inCache(`pulumi-${PULUMI_VERSION}`));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Whether a list in the manner of sha256sum(1) names this file with this digest. */
export function hasChecksum(list: string, name: string, digest: string): boolean {
  return list.split("\n").some((line) => {
    const [sum, file] = line.trim().split(/\s+\*?/);
    return sum === digest && file === name;
  });
}

async function build(step: Step, runner: Runner): Promise<void> {
  const draft = await temporary();
  try {
    const failure = await buildPulumi({ folder: draft, version: PULUMI_VERSION, step, runner });
    if (failure !== undefined) fail(failure);
    await mkdir(cacheBin(), { recursive: true });
    await rename(join(draft, "pulumi"), pulumiPath());
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
