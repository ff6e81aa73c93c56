/** Plugins that stand in for the clouds and for the machines there. They make nothing anywhere. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { launcher, writeExecutable } from "../../tools/offline/language-host/install.ts";
import { ROOT } from "../../tools/paths.ts";
import { CLOUD_KINDS } from "../support/clouds/kinds.ts";
import { shapesOf } from "../support/clouds/sdk-types.ts";
import { pluginVersion } from "./official-plugins.ts";

/** Clouds with an SDK in the program. */
export const CLOUDS = ["cloudflare", "digitalocean", "gcp"] as const;

const STAND_INS = join(ROOT, "test/support/clouds");

/** An entry of `plugins.providers` in Pulumi.yaml. */
export interface ProviderEntry {
  readonly name: string;
  readonly path: string;
}

/**
 * @param folder is made; what the stand-ins share lies in it
 * @param clouds of {@link CLOUDS}; the provider `compose` is always among those made
 */
export async function makeStandIns(
  folder: string,
  clouds: readonly string[] = CLOUDS,
): Promise<readonly ProviderEntry[]> {
  await mkdir(folder);
  await writeFile(join(folder, "shapes.json"), JSON.stringify(shapesOf(Object.keys(CLOUD_KINDS))));
  const cache = join(folder, "cache");
  const plugin = async (name: string, program: string, args: readonly string[]): Promise<ProviderEntry> => {
    const text = launcher(process.execPath, program, cache).replace('"$@"', () => `${args.join(" ")} "$@"`);
    const path = join(folder, name);
    await mkdir(path);
    await writeExecutable(join(path, `pulumi-resource-${name}`), text);
    return { name, path };
  };
  return Promise.all([
    plugin("compose", join(STAND_INS, "compose.ts"), [folder]),
    ...clouds.map(async (name) => plugin(name, join(STAND_INS, "main.ts"), [await pluginVersion(name), folder])),
  ]);
}
