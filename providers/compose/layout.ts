/** Where a release lies on its host, and what identifies the content of one. Pure. */
import { createHash } from "node:crypto";
import type { WorkloadInputs } from "./inputs.ts";
import { canonical } from "./values.ts";
import type { PlainObject } from "./values.ts";

/** A file of a {@link Tree}, by its path in there. */
export interface TreeFile {
  readonly path: string;
  readonly content: string;
  /** Permission bits. */
  readonly mode: number;
}

/** A folder to be put on a host as a whole: all files and folders in it belong to one user. */
export interface Tree {
  readonly uid: number;
  readonly files: readonly TreeFile[];
}

/** Permission bits of a release's files and folders: nobody changes them in place. */
export const MODE = { file: 0o444, secretFile: 0o400, folder: 0o500 } as const;

/** The files of one workload, in order of their paths. */
export function treeOf({ uid, files, secretFiles }: WorkloadInputs): Tree {
  const entries = [
    ...Object.entries(files).map(([path, content]) => ({ path, content, mode: MODE.file })),
    ...Object.entries(secretFiles).map(([path, content]) => ({ path, content, mode: MODE.secretFile })),
  ];
  return { uid, files: entries.toSorted((a, b) => (a.path < b.path ? -1 : 1)) };
}

/** One file as it is known without its content. */
export interface Fingerprint {
  readonly path: string;
  readonly sha256: string;
  readonly mode: number;
  readonly uid: number;
}

/** Identifies a tree by the content, mode and owner of all its files: the name of its folder. */
export function hashOfTree(tree: Tree): string {
  return hashOfFingerprints(
    tree.files.map(({ path, content, mode }) => ({ path, sha256: sha256(content), mode, uid: tree.uid })),
  );
}

/** The same for files that were found on a host, in any order. */
export function hashOfFingerprints(files: readonly Fingerprint[]): string {
  const lines = files.map(({ path, sha256, mode, uid }) => `${path} ${sha256} ${mode.toString(8)} ${uid}\n`);
  return short(lines.toSorted().join(""));
}

/** Identifies what a container is made of, without the files it reads. */
export function hashOfSpec(spec: PlainObject): string {
  return short(canonical(spec));
}

/** Paths of a release, all below its directory. */
export interface Layout {
  readonly composeFile: string;
  readonly release: string;
  readonly state: string;
  readonly prepared: string;
  /** Where all releases of one workload lie; the container's `/release`. */
  readonly releasesOf: (workload: string) => string;
  readonly stateOf: (workload: string) => string;
  /** The keeper's own account of how it does. */
  readonly stateFile: (workload: string) => string;
}

/** @param directory of the release, on its host */
export function layout(directory: string): Layout {
  const [release, state] = [`${directory}/release`, `${directory}/state`];
  return {
    composeFile: `${directory}/compose.yaml`,
    release,
    state,
    prepared: `${directory}/prepared`,
    releasesOf: (workload) => `${release}/${workload}`,
    stateOf: (workload) => `${state}/${workload}`,
    stateFile: (workload) => `${state}/${workload}/state.json`,
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function short(text: string): string {
  return sha256(text).slice(0, 16);
}
