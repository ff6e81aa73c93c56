/** Whether node_modules is what package-lock.json says. Plain JavaScript, like `node.mjs`. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Holds the hash of the package-lock.json that node_modules was made from. */
const STAMP = join("node_modules", ".mailkeep");

/** @returns undefined where all packages are there, else why not */
export function missingPackages(root) {
  const lockText = readFileSync(join(root, "package-lock.json"));
  if (readStamp(root) === hash(lockText)) return undefined;
  const installedPath = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installedPath)) return "the packages are not installed";
  const difference = firstDifference(
    JSON.parse(lockText).packages,
    JSON.parse(readFileSync(installedPath, "utf8")).packages,
  );
  if (difference !== undefined) return `the package ${difference} is not the one of package-lock.json`;
  // Installed by `npm install` and just right: remembered, so that the next start compares one hash only.
  rememberPackages(root);
  return undefined;
}

export function rememberPackages(root) {
  writeFileSync(join(root, STAMP), hash(readFileSync(join(root, "package-lock.json"))));
}

/** The path of the first package that differs. What is only for other systems is optional and may be missing. */
export function firstDifference(wanted, installed) {
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === "") continue;
    const there = installed[path];
    if (there === undefined ? !entry.optional && !entry.peer : there.version !== entry.version) return path;
  }
  return Object.keys(installed).find((path) => wanted[path] === undefined);
}

function readStamp(root) {
  try {
    return readFileSync(join(root, STAMP), "utf8");
  } catch {
    return undefined;
  }
}

function hash(data) {
  return createHash("sha256").update(data).digest("hex");
}
