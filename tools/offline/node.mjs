/**
 * Brings a Node.js that runs TypeScript as it is. Plain JavaScript for Node.js 20, because nothing newer may be there
 * yet; the types are in `node.d.mts`.
 */
import { spawnSync } from "node:child_process";
import {
  closeSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** From 22.18 on types are stripped without a flag. */
export const MINIMUM_NODE = [22, 18];
/** The one that is fetched, and that the images carry. */
export const NODE_VERSION = "22.23.3";

export function nodeArch(arch = process.arch) {
  return arch === "arm64" ? "arm64" : "x64";
}

export function cacheFolder(env, home) {
  const base = env.XDG_CACHE_HOME;
  return join(base === undefined || base === "" ? join(home, ".cache") : base, "mailkeep");
}

export function fits(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1]);
}

function nodeFolder() {
  return join(cacheFolder(process.env, homedir()), `node-${NODE_VERSION}-${nodeArch()}`);
}

export function cachedNode() {
  const path = join(nodeFolder(), "bin", "node");
  if (!existsSync(path)) return undefined;
  return {
    path,
    version: NODE_VERSION,
    source: existsSync(join(nodeFolder(), "bin", "npm")) ? "official" : "fallback",
  };
}

export async function fetchNode(say) {
  return cachedNode() ?? locked(`${nodeFolder()}.lock`, async () => cachedNode() ?? install(say));
}

async function install(say) {
  const draft = `${nodeFolder()}.draft-${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  try {
    const official = await fromNodejsOrg(draft);
    if (official !== undefined) {
      say(`nodejs.org cannot be used (${official}); taking Node.js from the npm registry`);
      const npm = fromNpm(draft);
      if (npm !== undefined) {
        throw new Error(
          `Node.js ${MINIMUM_NODE.join(".")} or newer is needed, and neither nodejs.org (${official}) nor the npm registry (${npm}) gave one. Install it by hand, or set npm's registry to one that is reached from here.`,
        );
      }
    }
    renameSync(draft, nodeFolder());
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return cachedNode();
}

/** @returns undefined, or why it did not work */
async function fromNodejsOrg(folder) {
  const name = `node-v${NODE_VERSION}-linux-${nodeArch()}.tar.gz`;
  const from = `https://nodejs.org/dist/v${NODE_VERSION}`;
  const archive = join(folder, name);
  try {
    await download(`${from}/SHASUMS256.txt`, `${archive}.sums`);
    await download(`${from}/${name}`, archive);
  } catch (error) {
    return error.message;
  }
  const digest = await sha256(archive);
  if (!readFileSync(`${archive}.sums`, "utf8").split("\n").includes(`${digest}  ${name}`)) {
    return "its checksum is not the published one";
  }
  const untar = spawnSync("tar", ["-xzf", archive, "-C", folder, "--strip-components=1"], { encoding: "utf8" });
  rmSync(archive);
  rmSync(`${archive}.sums`);
  return untar.status === 0 ? undefined : `its archive does not unpack: ${untar.stderr.trim()}`;
}

/** The npm package holds the same executable. npm itself checks its integrity. */
function fromNpm(folder) {
  const name = `node-linux-${nodeArch()}`;
  writeFileSync(join(folder, "package.json"), "{}\n");
  const npm = spawnSync(
    "npm",
    ["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", `${name}@${NODE_VERSION}`],
    {
      cwd: folder,
      encoding: "utf8",
    },
  );
  if (npm.status !== 0)
    return npm.error?.message ?? (npm.stderr.trim().split("\n").at(-1) || `npm exited with ${npm.status}`);
  renameSync(join(folder, "node_modules", name, "bin"), join(folder, "bin"));
  rmSync(join(folder, "node_modules"), { recursive: true, force: true });
  return undefined;
}

export async function sha256(path) {
  const { createHash } = await import("node:crypto");
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

export async function download(url, target, connectMs = 4000) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), connectMs);
  let response;
  try {
    response = await fetch(url, { signal: abort.signal });
  } catch (error) {
    throw new Error(
      abort.signal.aborted ? `no answer from ${new URL(url).host} within ${connectMs / 1000} s` : reason(error),
    );
  } finally {
    clearTimeout(timer);
  }
  if (!response.ok || response.body === null) throw new Error(`${new URL(url).host} answered ${response.status}`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(target));
}

function reason(error) {
  return error.cause?.code === "ENOTFOUND" || error.cause?.code === "EAI_AGAIN"
    ? `the name ${error.cause.hostname} is not found`
    : (error.cause?.message ?? error.message);
}

/** Locks that this process holds, so that a signal does not leave them behind. */
const held = new Set();
process.on("exit", () => held.forEach((path) => rmSync(path, { force: true })));

export async function locked(path, work) {
  mkdirSync(dirname(path), { recursive: true });
  while (!take(path)) await sleep(200);
  held.add(path);
  try {
    return await work();
  } finally {
    held.delete(path);
    rmSync(path, { force: true });
  }
}

function take(path) {
  try {
    const file = openSync(path, "wx");
    writeFileSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  clearDead(path);
  return false;
}

/** How long a lock may be without its owner's number, which is written right after it is made. */
const NAMELESS_MS = 10_000;

/** Takes away a lock whose owner is gone. It is moved aside and looked at again, as another may have just taken it over. */
function clearDead(path) {
  if (!isDead(path)) return;
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    if (isDead(aside)) rmSync(aside, { force: true });
    else renameSync(aside, path);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}

function isDead(path) {
  try {
    const owner = Number(readFileSync(path, "utf8"));
    return owner > 0 ? !alive(owner) : Date.now() - statSync(path).mtimeMs > NAMELESS_MS;
  } catch {
    return false;
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
