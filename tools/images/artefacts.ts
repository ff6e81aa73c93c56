/** What is built on this machine and copied into images: the keeper, bundles of services, and Node.js. */
import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { fail, step } from "../console.ts";
import { exists, inCache, once } from "../offline/cache.ts";
import { prepareNodeBinary } from "../offline/node-binary.ts";
import { lastLines, type Runner } from "../offline/run.ts";
import { filesOf, hashOf, hashOfFiles, isGoSource } from "./files.ts";

/** Something to put into a context under its name there. */
export interface Artefact {
  readonly name: string;
  /** A file or a folder. */
  readonly path: string;
  /** Stands for its content in an image's hash. */
  readonly hash: string;
}

/** The static PID 1 of every image, built once for each state of its sources. */
export async function keeperBinary(images: string, runner: Runner): Promise<Artefact> {
  const source = join(images, "keeper");
  const files = await filesOf(source, isGoSource);
  if (files.length === 0)
    fail(`The keeper's sources are missing in ${source}: every image needs it; is the checkout complete?`);
  const folder = await once(["keeper", hashOfFiles(files)], async (draft) => {
    const building = step("Building the keeper");
    const flags = ["-trimpath", "-buildvcs=false", "-ldflags", "-s -w"];
    const args = ["build", ...flags, "-o", join(draft, "keeper"), "."];
    const built = await runner("go", args, { cwd: source, env: { CGO_ENABLED: "0", GOFLAGS: "" } });
    if (built.code === 127) fail("The keeper is built with Go, and Go is missing: install Go 1.24 or newer.");
    if (built.code !== 0) fail(`The keeper in ${source} does not build; go says:\n${lastLines(built)}`);
    building.done();
  });
  const binary = (await filesOf(folder, (path) => path === "keeper"))[0];
  return { name: "keeper", path: join(folder, "keeper"), hash: binary?.hash ?? "" };
}

/**
 * The bundle of a TypeScript service, built once for each state of the sources and of package-lock.json. The image's
 * folder has a `build.ts` that exports `bundle(outDir)`.
 */
export async function serviceBundle(project: string, image: string): Promise<Artefact> {
  const folder = join(project, "images", image);
  const isSource = (path: string) => /\.(ts|json)$/.test(path) && !path.endsWith(".test.ts");
  const [own, shared, lock] = await Promise.all([
    filesOf(folder, isSource),
    filesOf(join(project, "components"), isSource),
    readFile(join(project, "package-lock.json"), "latin1"),
  ]);
  const hash = hashOf({ own: hashOfFiles(own), shared: hashOfFiles(shared), lock });
  const made = await once(["bundle", `${image}-${hash}`], async (draft) => {
    const building = step(`Bundling ${image}`);
    const build: unknown = await import(pathToFileURL(join(folder, "build.ts")).href);
    if (!isServiceBuild(build)) return fail(`${join(folder, "build.ts")} must export bundle(outDir), and does not.`);
    await build.bundle(draft);
    building.done();
  });
  // Of the bundle, not of the sources: most changes of a component leave the service as it is.
  return { name: "dist", path: made, hash: hashOfFiles(await filesOf(made)) };
}

interface ServiceBuild {
  readonly bundle: (outDir: string) => Promise<void>;
}

function isServiceBuild(module: unknown): module is ServiceBuild {
  return typeof module === "object" && module !== null && "bundle" in module && typeof module.bundle === "function";
}

/** Node.js without the symbols that only a debugger reads, where strip(1) is there to take them out. */
export async function nodeBinary(runner: Runner): Promise<Artefact> {
  const { path, version } = await prepareNodeBinary(() => step("Node.js for images"));
  const stripped = inCache(`node-${version}-stripped`, "node");
  if (!(await exists(stripped))) {
    await once([`node-${version}-stripped`], async (draft) => {
      const out = join(draft, "node");
      const done = await runner("strip", ["--strip-unneeded", "-o", out, path]);
      if (done.code !== 0) await copyFile(path, out);
    });
  }
  return { name: "node", path: stripped, hash: `${version}-${process.arch}` };
}
