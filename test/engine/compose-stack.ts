/** A stack of one release with the real command line, the real provider and the real Docker, in folders of its own. */
import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { ReleaseInputs } from "../../providers/compose/inputs.ts";
import { prepare } from "../../tools/offline/index.ts";
import { installLanguageHost } from "../../tools/offline/language-host/install.ts";
import { FAKE_KEEPER } from "./fake-keeper.ts";

const ROOT = resolve(import.meta.dirname, "../..");
export const NAME = `mk-test-${process.pid}`;
export const FAKE_IMAGE = `${NAME}:1`;

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  /** Both streams. */
  readonly output: string;
}

export interface ComposeStack {
  /** Where the release is put. */
  readonly directory: string;
  readonly pulumi: (inputs: ReleaseInputs, ...args: readonly string[]) => Promise<Ran>;
  readonly start: (inputs: ReleaseInputs, ...args: readonly string[]) => Promise<ChildProcess>;
  readonly remove: () => Promise<void>;
}

const PROGRAM = `
import { readFileSync } from "node:fs";
import { secret } from "@pulumi/pulumi";
import { Release } from "${ROOT}/components/release/resource.ts";
const { hashes } = new Release("alpha", JSON.parse(readFileSync("inputs.json", "utf8")));
export { hashes };
`;

export async function makeStack(): Promise<ComposeStack> {
  const { env: prepared, compose, baseImage } = await prepare({ needs: ["pulumi", "compose", "baseImage"] });
  const folder = await mkdtemp(join(tmpdir(), `${NAME}-`));
  const at = (...parts: string[]): string => join(folder, ...parts);
  await Promise.all(["bin", "home", "state", "program", "image"].map((part) => mkdir(at(part))));
  await installLanguageHost(at("bin"), process.execPath);
  const plugins = { providers: [{ name: "compose", path: join(ROOT, "providers/compose") }] };
  await writeFile(at("program/Pulumi.yaml"), JSON.stringify({ name: "try", runtime: "nodejs", plugins }));
  await writeFile(at("program/package.json"), JSON.stringify({ type: "module", main: "index.ts" }));
  await writeFile(at("program/index.ts"), PROGRAM);
  await symlink(join(ROOT, "node_modules"), at("program/node_modules"));
  if (baseImage === undefined) throw new Error("There is no base image.");
  await buildFakeImage(at("image"), baseImage.tag);
  const env = {
    ...process.env,
    ...prepared,
    PATH: `${at("bin")}:${prepared["PATH"] ?? ""}`,
    MAILKEEP_NODE: process.execPath,
    // One command that is a program by itself; else the provider asks Docker.
    ...(compose?.command.length === 1 && { MAILKEEP_COMPOSE: String(compose.command[0]) }),
    PULUMI_HOME: at("home"),
    PULUMI_BACKEND_URL: `file://${at("state")}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_SKIP_UPDATE_CHECK: "1",
  };
  const options = { cwd: at("program"), env };
  await succeed("pulumi", ["stack", "init", "test"], options);
  const withInputs = async (inputs: ReleaseInputs): Promise<void> =>
    await writeFile(at("program/inputs.json"), JSON.stringify(inputs));
  return {
    directory: at("host/alpha"),
    pulumi: async (inputs, ...args) => {
      await withInputs(inputs);
      return await run("pulumi", [...args, "--non-interactive", "--color", "never"], options);
    },
    start: async (inputs, ...args) => {
      await withInputs(inputs);
      return spawn("pulumi", [...args, "--non-interactive"], { ...options, stdio: "ignore" });
    },
    remove: async () => {
      await run("docker", ["image", "rm", "--force", FAKE_IMAGE]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function run(program: string, args: readonly string[], options: object = {}): Promise<Ran> {
  return await new Promise((done) => {
    execFile(program, args, { maxBuffer: 2 ** 26, encoding: "utf8", ...options }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      done({ code, stdout, output: `${stdout}${stderr}` });
    });
  });
}

/** Output of a command that must succeed. */
export async function succeed(program: string, args: readonly string[], options: object = {}): Promise<string> {
  const { code, output } = await run(program, args, options);
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} failed with ${code}:\n${output}`);
  return output;
}

export async function readText(path: string): Promise<string> {
  return await readFile(path, "utf8");
}

/** Builds {@link FAKE_IMAGE} in a folder, on the base image that this machine has. */
export async function buildFakeImage(folder: string, base: string): Promise<void> {
  await writeFile(join(folder, "keeper"), FAKE_KEEPER);
  await chmod(join(folder, "keeper"), 0o755);
  await writeFile(join(folder, "Dockerfile"), `FROM ${base}\nCOPY keeper /keeper\nENTRYPOINT ["/keeper", "run"]\n`);
  await succeed("docker", ["build", "--quiet", "--tag", FAKE_IMAGE, folder]);
}
