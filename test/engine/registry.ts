/** Debian's registry of images on the loopback, with one user who may push and pull, or for everybody. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hashSync } from "bcryptjs";
import { step } from "../../tools/console.ts";
import { prepareRegistry } from "../../tools/offline/registry.ts";

export const USER = "sites";

export interface Registry {
  /** Such as `127.0.0.1:34567`. */
  readonly host: string;
  readonly stop: () => Promise<void>;
}

/**
 * @param folder where it keeps what it is given
 * @param password of {@link USER}; without one everybody is let in
 */
export async function startRegistry(folder: string, password?: string): Promise<Registry> {
  const executable = await prepareRegistry(() => step("A registry of images"));
  await mkdir(folder, { recursive: true });
  if (password !== undefined) await writeFile(join(folder, "users"), `${USER}:${hashSync(password, 4)}\n`);
  const auth = { htpasswd: { realm: "mailkeep-test", path: join(folder, "users") } };
  const config = {
    version: "0.1",
    storage: { filesystem: { rootdirectory: join(folder, "data") } },
    http: { addr: "127.0.0.1:0", secret: "of uploads that are under way" },
    ...(password !== undefined && { auth }),
  };
  // JSON is YAML.
  await writeFile(join(folder, "config.yml"), JSON.stringify(config));
  const child = spawn(executable, ["serve", join(folder, "config.yml")], { stdio: ["ignore", "ignore", "pipe"] });
  return {
    host: await listening(child),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Where it listens, as it says in its log. */
function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const [, address] = /listening on (127\.0\.0\.1:\d+)/.exec(said) ?? [];
      if (address !== undefined) resolve(address);
    });
    child.on("error", reject);
    child.on("exit", () => reject(new Error(`The registry ended:\n${said}`)));
  });
}
