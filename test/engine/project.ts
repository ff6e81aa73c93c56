/** A Pulumi project of its own in a temporary folder, run by the real command line on a file backend. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, link, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installStandIns } from "../../providers/stand-ins/install.ts";
import { installLanguageHost } from "../../tools/offline/language-host/install.ts";
import { UNSAID } from "../../tools/stack/environment.ts";
import { linkPlugins, officialPlugins } from "./official-plugins.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The command line to test with: MAILKEEP_PULUMI, else the first `pulumi` on PATH; undefined where there is none. */
export function pulumiPath(): string | undefined {
  const given = process.env["MAILKEEP_PULUMI"];
  const candidates =
    given === undefined ? (process.env["PATH"] ?? "").split(":").map((dir) => join(dir, "pulumi")) : [given];
  return candidates.find((path) => existsSync(path));
}

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

export class Project {
  readonly folder: string;
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(folder: string, environment: NodeJS.ProcessEnv) {
    this.folder = folder;
    this.#environment = environment;
  }

  /**
   * Makes the folder with our language host, the stand-ins and a stack named `test`.
   *
   * @param variables of the environment of all commands
   */
  static async create(pulumi: string, variables: Readonly<Record<string, string>> = {}): Promise<Project> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), "mailkeep-engine-")));
    const project = new Project(folder, environmentOf(folder, variables));
    const bin = join(project.folder, "bin");
    await Promise.all(["bin", "state", "program"].map((name) => mkdir(join(project.folder, name))));
    // Beside the executable the language host is found without a warning.
    const executable = join(bin, "pulumi");
    await link(await realpath(pulumi), executable).catch(() => copyFile(pulumi, executable));
    await installLanguageHost(bin, process.execPath);
    const home = join(project.folder, "home");
    await linkPlugins(await officialPlugins(["random", "tls"]), home);
    await installStandIns(bin, process.execPath, { pulumiHome: home });
    await symlink(join(ROOT, "node_modules"), join(project.folder, "node_modules"));
    await project.write("Pulumi.yaml", "name: trial\nruntime: {name: nodejs, options: {typescript: false}}\n");
    await project.write("package.json", '{"name":"trial","type":"module","main":"program/index.ts"}');
    await project.write("program/index.ts", "export {};\n");
    await project.expect("stack", "init", "test");
    return project;
  }

  /** The same project, with further variables of the environment. */
  with(variables: Readonly<Record<string, string>>): Project {
    return new Project(this.folder, { ...this.#environment, ...variables });
  }

  async write(path: string, content: string): Promise<void> {
    await mkdir(dirname(join(this.folder, path)), { recursive: true });
    await writeFile(join(this.folder, path), content);
  }

  /** Starts the command line in the project's folder. */
  start(...args: string[]): {
    readonly child: ChildProcess;
    readonly output: () => string;
    readonly ended: Promise<Ended>;
  } {
    const child = spawn(join(this.folder, "bin", "pulumi"), [...args, "--non-interactive"], {
      cwd: this.folder,
      env: this.#environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => {
        resolve({ code, output });
      });
    });
    return { child, output: () => output, ended };
  }

  run(...args: string[]): Promise<Ended> {
    return this.start(...args).ended;
  }

  /** Runs a command that must succeed. @returns what it printed */
  async expect(...args: string[]): Promise<string> {
    const { code, output } = await this.run(...args);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${String(code)}:\n${output}`);
    return output;
  }

  /** The stack's state as it lies on disk. */
  state(): Promise<string> {
    return readFile(join(this.folder, "state/.pulumi/stacks/trial/test.json"), "utf8");
  }

  /** Processes that this project's program left behind. */
  leftovers(): string[] {
    return execFileSync("ps", ["-eo", "pid,args"], { encoding: "utf8" })
      .split("\n")
      .filter((line) => line.includes(this.folder));
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

function environmentOf(folder: string, variables: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    ...UNSAID,
    // Whatever tries to download a plugin fails at once, and with it the test.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // Plugins that happen to be on PATH are not the ones to be tested.
    PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
    MAILKEEP_TEST: "1",
    ...variables,
  };
}
