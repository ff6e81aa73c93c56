/** Provider plugins: the official ones where they can be downloaded, else stand-ins. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { installStandIns, type Used } from "../../providers/stand-ins/install.ts";
import { step } from "../console.ts";
import { cacheBin } from "../offline/cache.ts";
import { pulumiHome } from "./environment.ts";

/**
 * Sees to the plugins of `tls` and `random`. The official ones are tried once, when there are none at all: where they
 * cannot be had that takes some seconds.
 */
export async function seeToPlugins(pulumi: string): Promise<readonly Used[]> {
  const home = pulumiHome();
  const known = await stat(join(home, "plugins")).then(
    () => true,
    () => false,
  );
  if (known) return (await installStandIns(cacheBin(), process.execPath, { pulumiHome: home })).used;
  const running = step("Plugins");
  const { used } = await installStandIns(cacheBin(), process.execPath, { pulumiHome: home, pulumi });
  running.done(used.map(({ name, version, from }) => `${name} ${version} (${from})`).join(", "));
  return used;
}
