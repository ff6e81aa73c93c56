/** Puts the stand-ins where the Pulumi command line finds them, unless the official plugins can be had. */
import { execFile } from "node:child_process";
import { access, mkdir, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { launcher, NODE_FLAGS, writeExecutable } from "../../tools/offline/language-host/install.ts";
import { OFFICIAL_VERSION } from "./versions.ts";

export type StandIn = keyof typeof OFFICIAL_VERSION;

export interface StandInOptions {
  /** Pulumi's own folder. @default $PULUMI_HOME, else ~/.pulumi */
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

/**
 * Writes an executable `pulumi-resource-<name>` for each official plugin that is neither installed nor, when a command
 * line is given, can be downloaded, and takes it away for the others: a plugin on PATH would win over an installed one.
 *
 * @param binDir must be on PATH of the command line; made if it is missing
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
    const official = (await isInstalled(home, name, version)) || (await download(name, version, home, options.pulumi));
    const executable = join(binDir, `pulumi-resource-${name}`);
    if (official) await rm(executable, { force: true });
    else await writeExecutable(executable, launcher(nodePath, [...NODE_FLAGS, programOf(name)]));
    used.push({ name, version, from: official ? "official" : "stand-in" });
  }
  return { used };
}

const STAND_INS = ["random", "tls"] as const satisfies readonly StandIn[];

function programOf(name: StandIn): string {
  return fileURLToPath(new URL(`${name}/main.ts`, import.meta.url));
}

async function isInstalled(home: string, name: string, version: string): Promise<boolean> {
  const folder = join(home, "plugins", `resource-${name}-v${version}`);
  return access(join(folder, `pulumi-resource-${name}`)).then(
    () => true,
    () => false,
  );
}

async function download(name: string, version: string, home: string, pulumi: string | undefined): Promise<boolean> {
  if (pulumi === undefined) return false;
  const environment = { ...process.env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" };
  return promisify(execFile)(pulumi, ["plugin", "install", "resource", name, version], {
    env: environment,
    timeout: DOWNLOAD_MILLISECONDS,
  }).then(
    () => isInstalled(home, name, version),
    () => false,
  );
}
