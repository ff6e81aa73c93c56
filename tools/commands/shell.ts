/** `shell`: a shell in which plain `pulumi up -s local`, `preview`, `stack` and `destroy` work, with the policy packs. */
import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { say } from "../console.ts";
import { ROOT } from "../paths.ts";
import { stackArguments } from "../stack/arguments.ts";
import { engine } from "../stack/pulumi.ts";

export async function run(args: readonly string[]): Promise<number> {
  const { stack } = stackArguments(args, []);
  const { environment, prepared } = await engine(["docker", "compose"]);
  const used = prepared.used.map(({ name, version, source }) => `${name} ${version} (${source})`).join(", ");
  say(`With ${used}. Try: pulumi preview -s ${stack}. Leave with exit.`);
  const shell = process.env["SHELL"] ?? "/bin/sh";
  const all = { ...process.env, ...environment };
  const path = [join(ROOT, "tools", "shell"), all["PATH"] ?? ""].join(delimiter);
  const env = { ...all, PATH: path, PULUMI_STACK: stack, MAILKEEP_SHELL: "1" };
  const child = spawn(shell, [], { cwd: ROOT, env, stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}
