/**
 * Builds the images that are not there yet, each from the hash of all that goes into it. The keeper's is built first:
 * all others stand on it, so that a machine holds one copy of the keeper in memory and not one for each container.
 */
import type { ImageName } from "../../components/plan/workload.ts";
import { fail, say, step } from "../console.ts";
import { withBuildNetwork } from "../offline/build-network.ts";
import { inCache } from "../offline/cache.ts";
import { prepare } from "../offline/index.ts";
import { locked } from "../offline/node.mjs";
import { run, type Runner } from "../offline/run.ts";
import { keeperBinary, nodeBinary, serviceBundle, type Artefact } from "./artefacts.ts";
import { buildImage } from "./build.ts";
import { withContext } from "./context.ts";
import { ROOT } from "../paths.ts";
import { IMAGE_NAMES, IMAGES } from "./names.ts";
import { readImages, writeImages, type BuiltImage, type BuiltImages } from "./record.ts";
import { imageSource, imageTag, type ImageSource } from "./source.ts";

export { pruneImages } from "./prune.ts";
export { readImages, type BuiltImage, type BuiltImages } from "./record.ts";

/** How many builds run at a time: they wait for packages half of their time. */
const AT_A_TIME = 2;

interface BuildOptions {
  /** @default all */
  readonly only?: readonly ImageName[];
  /** Makes the base image anew with today's packages, and so all images. @default false */
  readonly refresh?: boolean;
  readonly runner?: Runner;
}

/**
 * Sees to the images and writes `.mailkeep/images.json`. Where all are there this takes a moment.
 *
 * @returns the images asked for, and the keeper's
 * @throws SentenceError where one does not build; those that did stay
 */
export async function buildImages(options: BuildOptions = {}): Promise<BuiltImages> {
  const { only = IMAGE_NAMES, refresh = false, runner = run } = options;
  const [{ baseImage }, keeper, sources] = await Promise.all([
    prepare({ needs: ["baseImage"], refreshBaseImage: refresh }),
    imageSource(IMAGES, "keeper"),
    Promise.all(only.filter((name) => name !== "keeper").map((name) => imageSource(IMAGES, name))),
  ]);
  if (baseImage === undefined) return fail("The base image is missing: run `npm run images` again.");
  const root = await wantedImage(keeper, { base: baseImage.tag, baseHash: baseImage.id }, runner);
  const leaves = await Promise.all(
    sources.map((source) => wantedImage(source, { base: root.tag, baseHash: root.tag }, runner)),
  );
  const wanted = [root, ...leaves];
  const before = await imageIds(runner);
  const after = missingFrom(before, wanted).length > 0 ? await buildMissing(wanted, runner) : before;
  const images = Object.fromEntries(wanted.map(({ source, tag }) => [source.name, builtImage(tag, after)]));
  await writeImages({ ...(await readImages()), ...images });
  return images;
}

/** One run at a time: another may want the same, and then finds them. @returns ids of all images by tag */
async function buildMissing(wanted: readonly WantedImage[], runner: Runner): Promise<ReadonlyMap<string, string>> {
  return await locked(inCache("images.lock"), async () => {
    const there = await imageIds(runner);
    const missing = missingFrom(there, wanted);
    if (missing.length === 0) return there;
    const [root] = wanted;
    say(`${missing.length} of ${wanted.length} images are to be built`);
    await withBuildNetwork(runner, async (network) => {
      const build = (image: WantedImage) => buildWanted(image, network, runner);
      if (root !== undefined && missing.includes(root)) await build(root);
      await eachOf(
        missing.filter((image) => image !== root),
        AT_A_TIME,
        build,
      );
    });
    return await imageIds(runner);
  });
}

function missingFrom(there: ReadonlyMap<string, string>, wanted: readonly WantedImage[]): readonly WantedImage[] {
  return wanted.filter(({ tag }) => !there.has(tag));
}

interface WantedImage {
  readonly source: ImageSource;
  readonly artefacts: readonly Artefact[];
  readonly base: string;
  readonly tag: string;
}

async function wantedImage(
  source: ImageSource,
  { base, baseHash }: { readonly base: string; readonly baseHash: string },
  runner: Runner,
): Promise<WantedImage> {
  const artefacts = await artefactsOf(source, runner);
  return { source, artefacts, base, tag: imageTag(source, baseHash, artefacts) };
}

async function buildWanted(
  { source, artefacts, base, tag }: WantedImage,
  network: readonly string[],
  runner: Runner,
): Promise<void> {
  const running = step(`Image ${source.name}`);
  await withContext(source, artefacts, (context) => buildImage({ tag, base, context, network, step: running, runner }));
  running.done(tag);
}

/** Each is made once a call, and once a state of its sources: asking again costs a hash. */
async function artefactsOf(source: ImageSource, runner: Runner): Promise<Artefact[]> {
  return Promise.all(
    source.needs.map((need) => {
      if (need === "keeper") return keeperBinary(IMAGES, runner);
      return need === "node" ? nodeBinary(runner) : serviceBundle(ROOT, source.name);
    }),
  );
}

/** All of our images by tag. */
async function imageIds(runner: Runner): Promise<ReadonlyMap<string, string>> {
  const format = "{{.Repository}}:{{.Tag}} {{.ID}}";
  const { stdout } = await runner("docker", [
    "images",
    "--no-trunc",
    "--format",
    format,
    "--filter",
    "reference=mailkeep/*",
  ]);
  return new Map(
    stdout.split("\n").flatMap((line) => {
      const [tag, id] = line.split(" ");
      return tag === undefined || id === undefined ? [] : [[tag, id] as const];
    }),
  );
}

function builtImage(tag: string, ids: ReadonlyMap<string, string>): BuiltImage {
  const id = ids.get(tag);
  return id === undefined
    ? fail(`The image ${tag} was built and is gone again: was it pruned? Start again.`)
    : { tag, id };
}

/** Runs work on all items, some at a time. The first error is thrown once what runs has ended; nothing new is begun after it. */
export async function eachOf<T>(items: readonly T[], atATime: number, work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const errors: unknown[] = [];
  const worker = async () => {
    for (let item = rest.shift(); item !== undefined && errors.length === 0; item = rest.shift()) {
      await work(item).catch((error: unknown) => errors.push(error));
    }
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  if (errors.length > 0) throw errors[0];
}
