/** A Docker engine that answers: the one that runs, else the distribution's, started here. */
import { mkdir, statfs, writeFile } from "node:fs/promises";
import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fail, type Step } from "../console.ts";
import { cacheRoot, exists, inCache } from "./cache.ts";
import { aptInstall, canInstall, thisMachine, type Machine } from "./machine.ts";
import { run, type Runner } from "./run.ts";
import type { Used } from "./used.ts";

/** Images and volumes of a local stack take some 2 GiB. */
const NEEDED_GIB = 3;
/** How long a fresh engine may take to answer. */
const START_SECONDS = 60;

/** What {@link prepareDocker} asks of the machine. Exchanged in tests only. */
export interface DockerHost {
  readonly runner: Runner;
  readonly machine: () => Promise<Machine>;
  /** Free space of the file system that holds a folder. */
  readonly freeGib: (folder: string) => Promise<number>;
  /** Starts the engine, which goes on when this process ends. */
  readonly launch: (args: readonly string[]) => Promise<void>;
  readonly wait: (milliseconds: number) => Promise<unknown>;
  /** Where the user says that the engine is, DOCKER_HOST; undefined: here. */
  readonly elsewhere: string | undefined;
}

/** The machine that this runs on. */
export const THIS_HOST: DockerHost = {
  runner: run,
  machine: thisMachine,
  freeGib,
  launch: launchDaemon,
  wait: sleep,
  elsewhere: process.env["DOCKER_HOST"] || undefined,
};

/** @throws SentenceError where no engine answers and none can be started, or its disk is full */
export async function prepareDocker(progress: () => Step, host: DockerHost = THIS_HOST): Promise<Used> {
  const engine = await askEngine(host.runner);
  if (engine.state === "answers") return checked(engine, "installed", host);
  if (engine.state === "denied") {
    fail(
      "The Docker engine runs, but this user may not use its socket: add the user to the group docker and log in again (`sudo usermod -aG docker $USER`), or work as root.",
    );
  }
  if (engine.state === "silent" && host.elsewhere !== undefined) {
    fail(
      `No Docker engine answers at ${host.elsewhere}, which DOCKER_HOST names: start it, or take the variable away to use the engine of this machine.`,
    );
  }
  const machine = await host.machine();
  const missing = engine.state === "no-client" || (await host.runner("dockerd", ["--version"])).code !== 0;
  if (missing && !canInstall(machine)) {
    fail(
      "Docker is not installed here: install Docker Engine 20.10 or newer (on Debian or Ubuntu as root, mailkeep does it by itself), then start again.",
    );
  }
  if (!machine.root)
    fail("Docker is installed but does not run: start it (`sudo systemctl start docker`), then start again.");
  const step = progress();
  if (missing) await install(step, host.runner);
  // Where the distribution's package starts the service by itself, it answers now.
  if ((await askEngine(host.runner)).state !== "answers") {
    step.note("starting the engine");
    await host.launch(await daemonArguments(host.runner));
  }
  for (let waited = 0; waited < START_SECONDS * 1000; waited += 500) {
    const now = await askEngine(host.runner);
    if (now.state === "answers") {
      step.done(`engine ${now.version} started`);
      return checked(now, missing ? "fallback" : "installed", host);
    }
    await host.wait(500);
  }
  return fail(
    `The Docker engine was started but does not answer after ${START_SECONDS} s: its log is ${logPath()}, or that of "journalctl -u docker" where systemd started it.`,
  );
}

type Engine =
  | { readonly state: "answers"; readonly version: string; readonly folder: string }
  | { readonly state: "silent" | "denied" | "no-client" };

/** One call tells all that is needed, because each costs a start of the client. */
async function askEngine(runner: Runner): Promise<Engine> {
  const info = await runner("docker", ["info", "--format", "{{.ServerVersion}} {{.DockerRootDir}}"], {
    timeoutMs: 10_000,
  });
  if (info.code === 127) return { state: "no-client" };
  if (/permission denied/i.test(info.stderr)) return { state: "denied" };
  const [version = "", folder = ""] = info.stdout.trim().split(" ");
  return info.code === 0 && version !== "" ? { state: "answers", version, folder } : { state: "silent" };
}

async function checked(
  engine: Extract<Engine, { state: "answers" }>,
  source: Used["source"],
  host: DockerHost,
): Promise<Used> {
  const free = await host.freeGib(engine.folder);
  if (free < NEEDED_GIB) {
    fail(
      `Docker's folder ${engine.folder} has ${free.toFixed(1)} GiB left and ${NEEDED_GIB} GiB are needed: free some (\`npm run images -- --prune\`, \`docker system prune\`), then start again.`,
    );
  }
  return { name: "docker", version: engine.version, source };
}

/** Debian 13 has the client in a package of its own, which earlier releases do not know. */
async function install(step: Step, runner: Runner): Promise<void> {
  await aptInstall(["docker.io", "iptables"], step, runner);
  if ((await askEngine(runner)).state === "no-client") await aptInstall(["docker-cli"], step, runner);
}

/**
 * A machine that may not raise its own limits cannot give containers higher ones either, and the engine's default is
 * higher than most: then the default is set to what the machine has.
 */
async function daemonArguments(runner: Runner): Promise<string[]> {
  const wanted = await runner("sh", ["-c", "ulimit -n 1048576"]);
  return wanted.code === 0 ? [] : ["--default-ulimit", "nofile=1024:4096"];
}

/** An engine elsewhere (DOCKER_HOST) or in a virtual machine has its folder there, and says itself when it is full. */
async function freeGib(folder: string): Promise<number> {
  const space = await statfs(folder).catch(() => undefined);
  return space === undefined ? Number.POSITIVE_INFINITY : (space.bavail * space.bsize) / 2 ** 30;
}

function logPath(): string {
  return inCache("dockerd.log");
}

/** By systemd where it runs the machine, else apart from this process and its terminal. */
async function launchDaemon(args: readonly string[]): Promise<void> {
  if (await exists("/run/systemd/system")) {
    await run("systemctl", ["start", "docker"]);
    return;
  }
  await mkdir(cacheRoot(), { recursive: true });
  const log = openSync(logPath(), "a");
  const child = spawn("dockerd", args, { detached: true, stdio: ["ignore", log, log] });
  child.on("error", () => {});
  child.unref();
  await writeFile(inCache("dockerd.pid"), `${child.pid ?? ""}\n`);
}
