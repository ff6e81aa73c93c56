/** With `PLUGINS=official` the tests run on the official plugins that this machine has; stand-ins are made for the others. */
import { existsSync } from "node:fs";
import { mkdir, readFile, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import { onPath } from "../../tools/offline/on-path.ts";
import { ROOT } from "../../tools/paths.ts";
import { MARK } from "../../providers/stand-ins/install.ts";

const WANTED = process.env["PLUGINS"] === "official";

/** The version of the SDK in the program, which is the one that Pulumi asks for. */
export async function pluginVersion(name: string): Promise<string> {
  const text = await readFile(join(ROOT, "node_modules/@pulumi", name, "package.json"), "utf8");
  return z.looseObject({ version: z.string() }).parse(JSON.parse(text)).version;
}

/**
 * Those of the plugins that are wanted and there: in the user's Pulumi folder, else on PATH.
 *
 * @returns the executable of each, by name
 */
export async function officialPlugins(names: readonly string[], wanted = WANTED): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const name of wanted ? names : []) {
    const executable = `pulumi-resource-${name}`;
    const home = process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi");
    const installed = join(home, "plugins", `resource-${name}-v${await pluginVersion(name)}`, executable);
    const path = isOfficial(installed) ? installed : await onPath(executable);
    if (path !== undefined) found.set(name, path);
  }
  return found;
}

/** Puts them among the plugins of another Pulumi folder, where no stand-in takes their place. */
export async function linkPlugins(plugins: ReadonlyMap<string, string>, home: string): Promise<void> {
  for (const [name, path] of plugins) {
    const folder = join(home, "plugins", `resource-${name}-v${await pluginVersion(name)}`);
    await mkdir(folder, { recursive: true });
    await symlink(path, join(folder, `pulumi-resource-${name}`));
  }
}

function isOfficial(executable: string): boolean {
  return existsSync(executable) && !existsSync(join(dirname(executable), MARK));
}
