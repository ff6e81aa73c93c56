/** A Debian 13 system for QEMU, made of Debian's packages alone. Tests of machines run it where no cloud is. */
import { createHash } from "node:crypto";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fail, type Step } from "../console.ts";
import { once } from "./cache.ts";
import { debianMirror } from "./debian-mirror.ts";
import { aptInstall, canInstall, thisMachine, type Machine } from "./machine.ts";
import { lastLines, run, type Runner } from "./run.ts";
import type { Used } from "./used.ts";
import { FILES, INCLUDED, REMOVED, SUITE } from "./vm-recipe.ts";

/** Files of the system. */
export interface VmImage extends Used {
  /** The folder with all of it. */
  readonly folder: string;
  readonly kernel: string;
  readonly initrd: string;
  /** A raw disk with the system's file system, which no machine may write to. */
  readonly disk: string;
}

/** What has to be on this machine: a program, and the Debian package with it. */
const PROGRAMS = {
  "qemu-system-x86_64": "qemu-system-x86",
  mmdebstrap: "mmdebstrap",
  "mkfs.ext4": "e2fsprogs",
  genisoimage: "genisoimage",
} as const;

/** A file that is almost all holes: what a machine writes goes elsewhere. */
const DISK_SIZE = "6G";
const BOOTSTRAP_MS = 30 * 60_000;

const KERNEL = "vmlinuz";
const INITRD = "initrd.img";
const DISK = "system.ext4";

/** What the system is made of decides its name in the cache, so a change of the recipe makes another one. */
export function recipeKey(): string {
  const recipe = JSON.stringify({ SUITE, INCLUDED, REMOVED, FILES, DISK_SIZE });
  return createHash("sha256").update(recipe).digest("hex").slice(0, 12);
}

/**
 * Sees to the system and to the programs that run it.
 *
 * @throws SentenceError where a program is missing and cannot be installed, or the system cannot be made
 */
export async function prepareVmImage(
  progress: () => Step,
  runner: Runner = run,
  machine: () => Promise<Machine> = thisMachine,
): Promise<VmImage> {
  await seeToPrograms(progress, runner, machine);
  const name = `vm-${recipeKey()}`;
  const folder = await once([name], async (draft) => {
    const step = progress();
    await makeSystem(draft, step, runner);
    step.done(name);
  });
  const at = (file: string): string => join(folder, file);
  return {
    name: "virtual machine",
    version: name,
    source: "fallback",
    folder,
    kernel: at(KERNEL),
    initrd: at(INITRD),
    disk: at(DISK),
  };
}

async function seeToPrograms(progress: () => Step, runner: Runner, machine: () => Promise<Machine>): Promise<void> {
  const missing: string[] = [];
  for (const [program, debian] of Object.entries(PROGRAMS)) {
    const { code } = await runner("sh", ["-c", 'command -v "$1" >/dev/null', "sh", program]);
    if (code !== 0) missing.push(debian);
  }
  if (missing.length === 0) return;
  const packages = missing.includes("mmdebstrap") ? [...missing, "debian-archive-keyring"] : missing;
  if (!canInstall(await machine())) {
    fail(
      `The packages ${packages.join(", ")} are missing, which a virtual machine is made and run with: install them, or run the same command as root on Debian or Ubuntu.`,
    );
  }
  const step = progress();
  await aptInstall(packages, step, runner);
  step.done(packages.join(", "));
}

async function makeSystem(folder: string, step: Step, runner: Runner): Promise<void> {
  const { main } = await debianMirror();
  const root = join(folder, "root");
  step.note("making a Debian system with mmdebstrap");
  const made = await runner(
    "mmdebstrap",
    [
      "--variant=minbase",
      "--format=directory",
      '--aptopt=Acquire::Languages "none"',
      '--aptopt=APT::Install-Recommends "false"',
      ...["man", "info", "locale", "doc"].map((part) => `--dpkgopt=path-exclude=/usr/share/${part}/*`),
      `--include=${INCLUDED.join(",")}`,
      SUITE,
      root,
      main,
    ],
    { timeoutMs: BOOTSTRAP_MS },
  );
  if (made.code !== 0) {
    fail(
      `mmdebstrap cannot make the system of a virtual machine from ${main}: is it a mirror of Debian that is reached from here? It says:\n${lastLines(made, 10)}`,
    );
  }
  await finishSystem(root);
  await takeBootFile(root, "vmlinuz-", join(folder, KERNEL));
  await takeBootFile(root, "initrd.img-", join(folder, INITRD));
  step.note("putting it on a disk");
  const disk = await runner("mkfs.ext4", ["-q", "-F", "-L", "system", "-d", root, join(folder, DISK), DISK_SIZE]);
  if (disk.code !== 0) fail(`The disk of a virtual machine cannot be made: ${lastLines(disk, 3)}`);
  await rm(root, { recursive: true, force: true });
}

async function finishSystem(root: string): Promise<void> {
  for (const path of REMOVED) await rm(join(root, path), { recursive: true, force: true });
  for (const [path, content] of Object.entries(FILES)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

/** The kernel and its first file system are handed to QEMU, so the disk needs no boot loader. */
async function takeBootFile(root: string, prefix: string, target: string): Promise<void> {
  const boot = join(root, "boot");
  const name = (await readdir(boot)).find((one) => one.startsWith(prefix));
  if (name === undefined)
    fail(`The system of a virtual machine has no ${prefix}… in /boot: is the kernel's package in it?`);
  await rename(join(boot, name), target);
}
