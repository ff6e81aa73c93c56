/** A copy of the checkout in which commands run whole, as users run them: the real entry, the real engine. */
import { type ChildProcess, spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { installStandIns } from "../../providers/stand-ins/install.ts";
import { writeExecutable } from "../../tools/offline/language-host/install.ts";
import { ROOT } from "../../tools/paths.ts";
import { makeStandIns } from "./cloud-stand-ins.ts";

/** All that commands read. What belongs to one stack, such as settings of the developer's own, is not among it. */
const PARTS = ["components", "images", "policy", "providers", "tools", "package.json", "package-lock.json"];
const OWN = /(^|\/)(node_modules|\.mailkeep)(\/|$)/;

const pulumiYaml = z.looseObject({
  plugins: z.object({ providers: z.array(z.object({ name: z.string(), path: z.string() })) }),
});

export interface Ended {
  readonly code: number | null;
  /** Both streams, without colours. */
  readonly said: string;
}

/** A command that runs at a terminal. */
export interface AtTerminal {
  /** Types something as soon as the terminal has shown a text since the last time. */
  readonly after: (text: string, keys: string) => Promise<void>;
  readonly ended: Promise<Ended>;
}

export const CTRL_C = "\u0003";

export class Checkout {
  readonly folder: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #running = new Set<ChildProcess>();

  private constructor(folder: string, environment: NodeJS.ProcessEnv) {
    this.folder = folder;
    this.#environment = environment;
  }

  /**
   * The clouds and the machines there are stand-ins; they, their state and Pulumi's folder lie beside the copy.
   *
   * @param variables of the environment of all commands, such as credentials
   * @param machines `real`: whatever is put on a machine is put there
   */
  static async create(
    variables: Readonly<Record<string, string>> = {},
    machines: "real" | "stand-ins" = "stand-ins",
  ): Promise<Checkout> {
    const around = await realpath(await mkdtemp(join(tmpdir(), "mailkeep-command-")));
    const folder = join(around, "mailkeep");
    for (const part of PARTS) {
      await cp(join(ROOT, part), join(folder, part), {
        recursive: true,
        filter: (path) => !OWN.test(path.slice(ROOT.length)),
      });
    }
    await mkdir(join(folder, "stacks"));
    const stacks = (await readdir(join(ROOT, "stacks"))).filter((name) => /^[a-z]+\.(ts|yaml)$/.test(name));
    await Promise.all(stacks.map((name) => cp(join(ROOT, "stacks", name), join(folder, "stacks", name))));
    await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
    const made = await makeStandIns(join(around, "clouds"));
    const standIns = made.filter(({ name }) => machines === "stand-ins" || name !== "compose");
    const file = pulumiYaml.parse(parse(await readFile(join(ROOT, "Pulumi.yaml"), "utf8")));
    const others = file.plugins.providers.filter(({ name }) => standIns.every((one) => one.name !== name));
    const plugins = { providers: [...standIns, ...others] };
    await writeFile(join(folder, "Pulumi.yaml"), stringify({ ...file, plugins }));
    // With plugins in it nothing is downloaded.
    const [home, bin] = [join(around, "home"), join(around, "bin")];
    await installStandIns(bin, process.execPath, { pulumiHome: home });
    const chosen = ["PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"];
    const inherited = Object.entries(process.env).filter(([name]) => !chosen.includes(name));
    return new Checkout(folder, {
      ...Object.fromEntries(inherited),
      PATH: [bin, process.env["PATH"]].join(delimiter),
      PULUMI_HOME: home,
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      NO_COLOR: "1",
      // A terminal that Pulumi does not ask for its colours: it would wait for the answer, and take what is typed for it.
      TERM: "screen",
      MAILKEEP_TEST: "1",
      ...variables,
    });
  }

  /** The same checkout, with further variables of the environment. */
  with(variables: Readonly<Record<string, string>>): Checkout {
    return new Checkout(this.folder, { ...this.#environment, ...variables });
  }

  /** What the stand-ins of the clouds share. */
  get clouds(): string {
    return join(dirname(this.folder), "clouds");
  }

  /** Puts a program before all others of that name. */
  async standIn(name: string, text: string): Promise<void> {
    const bin = join(dirname(this.folder), "bin");
    await writeExecutable(join(bin, name), text);
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  /** A file's text; undefined where there is none. */
  read(path: string): Promise<string | undefined> {
    return readFile(this.path(path), "utf8").catch(() => undefined);
  }

  async write(path: string, content: string): Promise<void> {
    await mkdir(dirname(this.path(path)), { recursive: true });
    await writeFile(this.path(path), content);
  }

  /** `npm run mailkeep -- …`, where nobody is at a terminal. */
  mailkeep(...args: readonly string[]): Promise<Ended> {
    return this.#run(process.execPath, [this.path("tools/start.mjs"), ...args]).ended;
  }

  /** The same at a terminal, which script(1) is. */
  atTerminal(...args: readonly string[]): AtTerminal {
    const words = [process.execPath, this.path("tools/start.mjs"), ...args];
    const command = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
    const { child, shown, ended } = this.#run("script", [
      "--quiet",
      "--flush",
      "--return",
      "--command",
      command,
      "/dev/null",
    ]);
    let seen = 0;
    return {
      ended,
      after: async (text, keys) => {
        await until(
          () => shown().indexOf(text, seen) !== -1,
          () => `"${text}" is not shown, but:\n${shown().slice(seen)}`,
        );
        seen = shown().length;
        child.stdin.write(keys);
      },
    };
  }

  async remove(): Promise<void> {
    for (const child of this.#running) child.kill("SIGKILL");
    await rm(dirname(this.folder), { recursive: true, force: true });
  }

  #run(program: string, args: readonly string[]) {
    const child = spawn(program, args, { cwd: this.folder, env: this.#environment, stdio: ["pipe", "pipe", "pipe"] });
    this.#running.add(child);
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    if (program !== "script") child.stdin.end();
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => {
        this.#running.delete(child);
        resolve({ code, said });
      });
    });
    return { child, shown: () => said, ended };
  }
}

const PATIENCE_MS = 60_000;
const LOOK_MS = 20;

/** @throws Error when it does not come true in time */
async function until(isTrue: () => boolean, otherwise: () => string): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!isTrue()) {
    if (performance.now() > end) throw new Error(otherwise());
    await pause(LOOK_MS);
  }
}
