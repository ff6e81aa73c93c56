/** A registry of images for tests: Debian's `docker-registry`, from its package, without installing it. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fail, type Step } from "../console.ts";
import { once } from "./cache.ts";
import { onPath } from "./on-path.ts";
import { lastLines, run, type Runner } from "./run.ts";

const PACKAGE = "docker-registry";

/**
 * The registry's executable. Installing the package would start a service, so it is only unpacked.
 *
 * @throws SentenceError where there is none and apt cannot fetch it
 */
export async function prepareRegistry(progress: () => Step, runner: Runner = run): Promise<string> {
  const installed = await onPath(PACKAGE);
  if (installed !== undefined) return installed;
  const folder = await once([PACKAGE], async (draft) => {
    const step = progress();
    await download(draft, runner);
    const [archive = ""] = (await readdir(draft)).filter((name) => name.endsWith(".deb"));
    const unpacked = await runner("dpkg-deb", ["--extract", join(draft, archive), draft]);
    if (unpacked.code !== 0) fail(`The package ${PACKAGE} cannot be unpacked:\n${lastLines(unpacked, 3)}`);
    step.done(archive);
  });
  return join(folder, "usr/bin", PACKAGE);
}

/** The lists are brought up to date only where the package is not found in them. */
async function download(folder: string, runner: Runner): Promise<void> {
  const get = () => runner("apt-get", ["download", PACKAGE], { cwd: folder });
  if ((await get()).code === 0) return;
  await runner("apt-get", ["update"]);
  const second = await get();
  if (second.code !== 0) {
    fail(
      `A registry of images cannot be had: install ${PACKAGE}, as apt-get does not fetch it. It says:\n${lastLines(second, 5)}`,
    );
  }
}
