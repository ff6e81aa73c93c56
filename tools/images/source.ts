/** One image's folder: what its Dockerfile asks for, and the hash that names the result. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ImageName } from "../../components/plan/workload.ts";
import { fail } from "../console.ts";
import { exists } from "../offline/cache.ts";
import type { Artefact } from "./artefacts.ts";
import { filesOf, hashOf, hashOfFiles, inContext, type SourceFile } from "./files.ts";

/** Artefacts by the name that a Dockerfile copies them under. */
export const ARTEFACTS = ["keeper", "node", "dist"] as const;
/** Something that is made outside of Docker and copied into an image. */
export type ArtefactName = (typeof ARTEFACTS)[number];

/** What an image is made from. */
export interface ImageSource {
  readonly name: ImageName;
  readonly folder: string;
  readonly files: readonly SourceFile[];
  readonly needs: readonly ArtefactName[];
}

/** @throws SentenceError where the image has no Dockerfile */
export async function imageSource(images: string, name: ImageName): Promise<ImageSource> {
  const folder = join(images, name);
  const dockerfile = join(folder, "Dockerfile");
  if (!(await exists(dockerfile))) fail(`The image ${name} has no ${dockerfile}: is the checkout complete?`);
  const [files, text] = await Promise.all([filesOf(folder, inContext), readFile(dockerfile, "utf8")]);
  return { name, folder, files, needs: neededArtefacts(text) };
}

/** What a Dockerfile copies that is not in its folder. */
export function neededArtefacts(dockerfile: string): ArtefactName[] {
  const copied = dockerfile
    .split("\n")
    .filter((line) => /^\s*COPY\s/i.test(line) && !/--from=/.test(line))
    .flatMap((line) => line.trim().split(/\s+/).slice(1, -1))
    .map((word) => word.replace(/^\.\//, "").split("/")[0]);
  return ARTEFACTS.filter((name) => copied.includes(name));
}

/** The tag of the image that these inputs make: `mailkeep/<name>:<12 digits>`. */
export function imageTag(source: ImageSource, baseId: string, artefacts: readonly Artefact[]): string {
  const built = artefacts.filter(({ name }) => source.needs.some((need) => need === name));
  const hash = hashOf({
    base: baseId,
    files: hashOfFiles(source.files),
    ...Object.fromEntries(built.map((artefact) => [`artefact ${artefact.name}`, artefact.hash])),
  });
  return `mailkeep/${source.name}:${hash.slice(0, 12)}`;
}
