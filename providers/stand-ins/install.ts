/** Puts the stand-ins where the Pulumi command line finds them, unless the official plugins can be had. */
import { execFile } from "node:child_process";
import { access, mkdir, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { compileCache, launcher, writeExecutable } from "../../tools/offline/language-host/install.ts";
import { OFFICIAL_VERSION } from "./versions.ts";

/** Name of a plugin that there is a stand-in for. */
export type StandIn = keyof typeof OFFICIAL_VERSION;

/** Where to look for official plugins, and where to put what stands in for them. */
export interface StandInOptions {
  /**
   * A Pulumi folder of the project's own. Stand-ins are put among its plugins, where the command line takes them for
   * installed: without a warning, and without trying to download the official ones.
   *
   * @default none, they are put into `binDir`, where the command line warns of each
   */
  readonly pulumiHome?: string;
  /** A Pulumi command line that may download the official plugins. @default none, nothing is downloaded */
  readonly pulumi?: string;
}

/** Where each plugin comes from. */
export interface Used {
  readonly name: StandIn;
  readonly version: string;
  readonly from: "official" | "stand-in";
}

/** How long one official plugin may take to download, in milliseconds. */
const DOWNLOAD_MILLISECONDS = 120_000;

/** A file beside a stand-in among the installed plugins: what tells it from the official one. */
export const MARK = "mailkeep-stand-in";

/**
 * Writes an executable `pulumi-resource-<name>` for each official plugin that is neither installed nor, when a command
 * line is given, can be downloaded. Stand-ins that are not needed any more are taken away.
 *
 * @param binDir must be on PATH of the command line unless `pulumiHome` is given; made if it is missing
 * @param nodePath the Node.js that runs them: 22.18 or newer
 */
export async function installStandIns(
  binDir: string,
  nodePath: string,
  options: StandInOptions = {},
): Promise<{ readonly used: readonly Used[] }> {
  const home = options.pulumiHome ?? process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi");
  await mkdir(binDir, { recursive: true });
  const used: Used[] = [];
  for (const name of STAND_INS) {
    const version = OFFICIAL_VERSION[name];
    const installed = join(home, "plugins", `resource-${name}-v${version}`);
    const onPath = join(binDir, `pulumi-resource-${name}`);
    const official = (await isOfficial(installed, name)) || (await download(name, version, home, options.pulumi));
    const program = launcher(nodePath, programOf(name), compileCache(binDir));
    if (official) {
      // A plugin on PATH would win over an installed one.
      await rm(onPath, { force: true });
    } else if (options.pulumiHome === undefined) {
      await writeExecutable(onPath, program);
    } else {
      await rm(onPath, { force: true });
      await mkdir(installed, { recursive: true });
      await writeFile(join(installed, MARK), "");
      await writeExecutable(join(installed, `pulumi-resource-${name}`), program);
    }
    used.push({ name, version, from: official ? "official" : "stand-in" });
  }
  return { used };
}

const STAND_INS = ["random", "tls"] as const satisfies readonly StandIn[];

function programOf(name: StandIn): string {
  return fileURLToPath(new URL(`${name}/main.ts`, import.meta.url));
}

async function isOfficial(folder: string, name: string): Promise<boolean> {
  return (await exists(join(folder, `pulumi-resource-${name}`))) && !(await exists(join(folder, MARK)));
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Tries to download the official plugin, over a stand-in where there is one. */
async function download(name: string, version: string, home: string, pulumi: string | undefined): Promise<boolean> {
  if (pulumi === undefined) return false;
  const folder = join(home, "plugins", `resource-${name}-v${version}`);
  const env = { ...process.env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" };
  return promisify(execFile)(pulumi, ["plugin", "install", "resource", name, version, "--reinstall"], {
    env,
    timeout: DOWNLOAD_MILLISECONDS,
    cwd: dirname(pulumi),
  }).then(
    async () => {
      await rm(join(folder, MARK), { force: true });
      return exists(join(folder, `pulumi-resource-${name}`));
    },
    () => false,
  );
}
