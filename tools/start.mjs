#!/usr/bin/env node
/**
 * What `npm run up` and its like start. Plain JavaScript for Node.js 20 and newer: it sees to a Node.js that runs
 * TypeScript as it is and to the packages of package-lock.json, then hands over to `tools/cli.ts`.
 *
 * Nothing is said when there is nothing to do, and all that is said goes to standard error.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cachedNode, fetchNode, fits, locked } from "./offline/node.mjs";
import { missingPackages, rememberPackages } from "./offline/packages.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

try {
  const node = await findNode();
  const env = { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter), ...proxyUse(process.env) };
  await seeToPackages(env);
  handOver(node, env, process.argv.slice(2));
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}

function say(line) {
  process.stderr.write(`mailkeep: ${line}\n`);
}

/** Node.js follows the usual proxy variables only when it is told to. */
function proxyUse(env) {
  return env.HTTPS_PROXY || env.https_proxy ? { NODE_USE_ENV_PROXY: "1" } : {};
}

async function findNode() {
  if (fits(process.version)) return process.execPath;
  const cached = cachedNode();
  if (cached !== undefined) return cached.path;
  say(`Node.js ${process.version} is too old to run TypeScript as it is; fetching a newer one into the cache`);
  const { path, version, source } = await fetchNode(say);
  say(`Node.js ${version} is there (${source === "official" ? "nodejs.org" : "npm registry"})`);
  return path;
}

async function seeToPackages(env) {
  if (missingPackages(ROOT) === undefined) return;
  await locked(join(ROOT, ".mailkeep", "packages.lock"), async () => {
    const why = missingPackages(ROOT);
    if (why === undefined) return;
    say(`${why}: running npm ci`);
    const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: ROOT, env, stdio: ["ignore", 2, 2] });
    if (npm.status !== 0) {
      throw new Error(`npm ci failed in ${ROOT}: see its message above; is npm's registry reached from here?`);
    }
    rememberPackages(ROOT);
  });
}

function handOver(node, env, args) {
  const [command, commandArgs] = args[0] === "run" ? packageTool(args[1], args.slice(2)) : commandLine(node, args);
  const child = spawn(command, commandArgs, { stdio: "inherit", env });
  // The terminal sends an interrupt to both; the child decides when it ends, and this process follows it.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      if (signal !== "SIGINT") child.kill(signal);
    });
  }
  child.on("error", (error) => {
    say(`${command} cannot be started: ${error.message}`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** Node 22 warns that it strips types, which is just what it is wanted for. */
function commandLine(node, args) {
  return [node, ["--disable-warning=ExperimentalWarning", join(ROOT, "tools", "cli.ts"), ...args]];
}

function packageTool(name = "", args) {
  const path = join(ROOT, "node_modules", ".bin", name);
  if (name === "" || !existsSync(path)) {
    throw new Error(`run needs the name of a tool in node_modules/.bin, and "${name}" is none`);
  }
  return [path, args];
}
