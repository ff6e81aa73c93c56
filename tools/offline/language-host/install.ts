/** Puts the language host where the Pulumi command line finds it. */
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "../../paths.ts";

/**
 * Writes `pulumi-language-nodejs` and `pulumi-resource-pulumi-nodejs` into a folder, as small executables. Files that
 * are right already are left alone.
 *
 * Where `binDir` is the folder of the `pulumi` executable itself, the command line finds them without PATH and without
 * a warning; any other folder must be on PATH.
 *
 * @param binDir made if it is missing
 * @param nodePath the Node.js that runs the host and every program: 22.18 or newer, which strips types by itself
 */
export async function installLanguageHost(binDir: string, nodePath: string): Promise<void> {
  const host = fileURLToPath(new URL("main.ts", import.meta.url));
  const dynamicProvider = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/dynamic-provider");
  const cache = compileCache(binDir);
  await mkdir(binDir, { recursive: true });
  await writeExecutable(join(binDir, "pulumi-language-nodejs"), launcher(nodePath, host, cache));
  await writeExecutable(join(binDir, "pulumi-resource-pulumi-nodejs"), launcher(nodePath, dynamicProvider, cache));
}

/** Where Node keeps compiled code between runs: a preview starts five processes that load the same SDK. */
export function compileCache(binDir: string): string {
  return join(binDir, ".compile-cache");
}

/** Names the checkout whose programs a launcher is to run: several share one, and the one that wrote it last may be gone. */
export const CHECKOUT = "MAILKEEP_CHECKOUT";

/**
 * A shell script that becomes the given Node.js program, so that signals reach it and its parent is the engine. It is the same
 * program of the checkout that {@link CHECKOUT} names, where that has it.
 *
 * Node 22 warns on standard error that it strips types, which the engine would show to the user.
 */
export function launcher(nodePath: string, program: string, cache: string): string {
  const inside = relative(ROOT, program);
  const own = `"$${CHECKOUT}"/${quote(inside)}`;
  return [
    "#!/bin/sh",
    `[ -n "$NODE_COMPILE_CACHE" ] || export NODE_COMPILE_CACHE=${quote(cache)}`,
    `program=${quote(program)}`,
    ...(inside.startsWith("..") ? [] : [`[ -z "$${CHECKOUT}" ] || [ ! -e ${own} ] || program=${own}`]),
    `exec ${quote(nodePath)} --disable-warning=ExperimentalWarning "$program" "$@"`,
    "",
  ].join("\n");
}

/** Writes a file of mode 0755 if it is not there with just this content; readers never see half of it. */
export async function writeExecutable(path: string, content: string): Promise<void> {
  const present = await readFile(path, "utf8").catch(() => undefined);
  if (present !== content) {
    const fresh = `${path}.${process.pid}.new`;
    await writeFile(fresh, content, { mode: 0o755 });
    await rename(fresh, path);
  }
  await chmod(path, 0o755);
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
