/** The image that all others stand on: Debian 13, pulled or made from Debian's packages. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fail, type Step } from "../console.ts";
import { withBuildNetwork } from "./build-network.ts";
import { inCache, temporary } from "./cache.ts";
import { debianMirror } from "./debian-mirror.ts";
import { locked } from "./node.mjs";
import { aptInstall, canInstall, thisMachine } from "./machine.ts";
import { lastLines, run, type Runner } from "./run.ts";
import type { Used } from "./used.ts";

const REPOSITORY = "mailkeep/debian";
/** Counted up when the recipe in `base/` changes; the date of making follows it in the tag. */
const RECIPE = "13-r1";
const OFFICIAL = "debian:13-slim";
/** A registry that is not reached says so, or says nothing for this long. */
const PULL_ANSWER_MS = 8000;

/** The image as Docker knows it. */
export interface BaseImage extends Used {
  readonly tag: string;
  readonly id: string;
}

/**
 * Sees to the base image. One that is there is kept, so that images stay the same from one start to the next;
 * `refresh` makes one anew with today's packages.
 *
 * @throws SentenceError where it can neither be pulled nor made
 */
export async function prepareBaseImage(
  progress: () => Step,
  options: { refresh?: boolean; runner?: Runner } = {},
): Promise<BaseImage> {
  const { refresh = false, runner = run } = options;
  const there = refresh ? undefined : await newest(runner);
  if (there !== undefined) return there;
  return locked(inCache("base-image.lock"), async () => {
    const meanwhile = refresh ? undefined : await newest(runner);
    if (meanwhile !== undefined) return meanwhile;
    const step = progress();
    const why = await pull(runner);
    if (why !== undefined) {
      step.note(`${OFFICIAL} cannot be pulled (${why}); making it from Debian's packages with mmdebstrap`);
      await bootstrap(step, runner);
    }
    await finish(why === undefined ? OFFICIAL : ROOT, why === undefined ? "official" : "fallback", step, runner);
    if (why !== undefined) await runner("docker", ["rmi", "--no-prune", ROOT]);
    const made = await newest(runner);
    if (made === undefined)
      return fail("The base image was built and is not there: see `docker images mailkeep/debian`.");
    step.done(made.tag);
    return made;
  });
}

/** The bare system, before sources and lists are put in. */
const ROOT = `${REPOSITORY}:root`;

async function newest(runner: Runner): Promise<BaseImage | undefined> {
  const format = "{{.Tag}} {{.ID}} {{.Repository}}";
  const { stdout } = await runner("docker", [
    "images",
    "--no-trunc",
    "--format",
    format,
    "--filter",
    `reference=${REPOSITORY}:${RECIPE}-*`,
  ]);
  return pickNewest(stdout);
}

/** @param lines `tag id` of each image */
export function pickNewest(lines: string): BaseImage | undefined {
  const rows = lines.split("\n").flatMap((line) => {
    const [tag, id] = line.split(" ");
    return tag !== undefined && id !== undefined && tag.startsWith(`${RECIPE}-`) ? [{ tag, id }] : [];
  });
  const last = rows.sort((a, b) => (a.tag < b.tag ? -1 : 1)).at(-1);
  if (last === undefined) return undefined;
  const source = last.tag.endsWith("-official") ? "official" : "fallback";
  return { name: "base image", version: last.tag, tag: `${REPOSITORY}:${last.tag}`, id: last.id, source };
}

/** @returns undefined, or why it did not work */
async function pull(runner: Runner): Promise<string | undefined> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), PULL_ANSWER_MS);
  const result = await runner("docker", ["pull", OFFICIAL], {
    signal: abort.signal,
    onLine: () => clearTimeout(timer),
  });
  clearTimeout(timer);
  if (result.code === 0) return undefined;
  return abort.signal.aborted ? `no answer within ${PULL_ANSWER_MS / 1000} s` : shorten(lastLines(result, 1));
}

/** The engine repeats an address or two in its errors; the reason is what stands last. */
function shorten(message: string): string {
  return message.split(": ").slice(-2).join(": ").slice(0, 120);
}

async function bootstrap(step: Step, runner: Runner): Promise<void> {
  const version = await runner("mmdebstrap", ["--version"]);
  if (version.code !== 0) {
    if (!canInstall(await thisMachine())) {
      fail(
        `The base image ${OFFICIAL} cannot be pulled and mmdebstrap, which could make it, is missing: install mmdebstrap and debian-archive-keyring, or let Docker reach a registry.`,
      );
    }
    await aptInstall(["mmdebstrap", "debian-archive-keyring"], step, runner);
  }
  const { main } = await debianMirror();
  const draft = await temporary();
  try {
    const archive = join(draft, "root.tar");
    // The same files are left out as of Debian's own slim images; apt's setting for it stays in the image.
    const slim = ["/usr/share/man/*", "/usr/share/info/*", "/usr/share/locale/*", "/usr/share/doc/*"].map(
      (path) => `--dpkgopt=path-exclude=${path}`,
    );
    const args = [
      "--variant=minbase",
      ...slim,
      "--dpkgopt=path-include=/usr/share/doc/*/copyright",
      '--aptopt=Acquire::Languages "none"',
      "trixie",
      archive,
      main,
    ];
    const made = await runner("mmdebstrap", args, { timeoutMs: 15 * 60_000 });
    if (made.code !== 0)
      fail(
        `mmdebstrap cannot make the base image from ${main}: is it a mirror of Debian that is reached from here? It says:\n${lastLines(made, 10)}`,
      );
    step.note("importing it");
    const imported = await runner("docker", ["import", archive, ROOT]);
    if (imported.code !== 0) fail(`Docker does not take the base image: ${lastLines(imported, 3)}`);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function finish(root: string, source: "official" | "fallback", step: Step, runner: Runner): Promise<void> {
  step.note("putting sources and package lists in");
  const date = new Date().toISOString().slice(0, 10).replaceAll("-", "");
  const tag = `${REPOSITORY}:${RECIPE}-${date}-${source}`;
  const folder = fileURLToPath(new URL("base", import.meta.url));
  const built = await withBuildNetwork(runner, (args) =>
    runner("docker", ["build", "--no-cache", "--build-arg", `ROOT=${root}`, ...args, "--tag", tag, folder], {
      env: { BUILDKIT_PROGRESS: "plain" },
    }),
  );
  if (built.code !== 0)
    fail(
      `The base image cannot be finished: do containers reach Debian's packages from here? The last lines of the build:\n${lastLines(built)}`,
    );
}
