/** Images that tests build from a few lines, on the base image: one that is there already is taken. */
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withBuildNetwork } from "../../tools/offline/build-network.ts";
import { prepare } from "../../tools/offline/index.ts";
import { run } from "../../tools/offline/run.ts";
import { docker } from "./system.ts";

export interface ImageArgs {
  readonly name: string;
  /** Its Dockerfile, without `FROM`. */
  readonly steps: string;
  /** What the steps copy: texts of programs, by name. @default none */
  readonly programs?: Readonly<Record<string, string>>;
}

/** @returns its tag, which says what is in it */
export async function imageOnce({ name, steps, programs = {} }: ImageArgs): Promise<string> {
  const { baseImage } = await prepare({ needs: ["docker", "baseImage"] });
  if (baseImage === undefined) throw new Error("There is no base image.");
  const content = JSON.stringify([baseImage.id, steps, programs]);
  const tag = `mailkeep-test/${name}:${createHash("sha256").update(content).digest("hex").slice(0, 12)}`;
  if ((await docker("images", "--quiet", tag)).trim() !== "") return tag;
  const folder = await mkdtemp(join(tmpdir(), "mailkeep-image-"));
  try {
    await writeFile(join(folder, "Dockerfile"), `FROM ${baseImage.tag}\n${steps}`);
    for (const [file, text] of Object.entries(programs)) await writeFile(join(folder, file), text, { mode: 0o755 });
    await withBuildNetwork(run, (network) => docker("build", "--quiet", ...network, "--tag", tag, folder));
    return tag;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
