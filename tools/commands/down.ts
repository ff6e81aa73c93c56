/** `down`: takes a stack down. Mail, queues and users are kept unless their deletion is asked for. */
import { rm } from "node:fs/promises";
import { projectName } from "../../components/release/names.ts";
import { fail, say } from "../console.ts";
import { stackFile, stackFolder } from "../paths.ts";
import { docker } from "../site/docker.ts";
import { stackArguments } from "../stack/arguments.ts";
import { isInBackend, isLocal } from "../stack/local.ts";
import { clearDeadLocks } from "../stack/locks.ts";
import { engine } from "../stack/pulumi.ts";
import { stackExists, stackSettings } from "../stack/settings.ts";
import { takeDown, terminalAnswers } from "../stack/take-down.ts";
import { conversation } from "../terminal.ts";

export async function run(args: readonly string[]): Promise<number> {
  const { stack, flags } = stackArguments(args, ["yes", "delete-mail"]);
  if (!stackExists(stack)) {
    say(`There is no stack ${stack} here: nothing to do.`);
    return 0;
  }
  if (!isLocal(stack)) return downElsewhere(stack, flags);
  const pulumi = await engine(["docker", "compose"]);
  await clearDeadLocks(stack);
  const yes = flags.has("yes") || !process.stdin.isTTY;
  const known = await isInBackend(stack, pulumi);
  const quiet = yes ? ["--yes", "--skip-preview"] : [];
  const code = known ? await pulumi.show(["destroy", "--stack", stack, ...quiet]) : 0;
  if (code !== 0)
    fail(`Pulumi ended with exit code ${code}; its message is above. The same command goes on from there.`);
  const volumes = await mailVolumes(stack);
  if (volumes.length === 0) return 0;
  if (!(flags.has("delete-mail") || (!yes && (await confirmed(stack, volumes))))) {
    say(`Mail, queues and users of ${stack} are kept in ${volumes.length} volumes: ${volumes.join(", ")}.`);
    say(`\`npm run up -- ${stack}\` finds them again; \`npm run down -- ${stack} --delete-mail\` deletes them.`);
    return 0;
  }
  await docker("volume", "rm", ...volumes);
  say(`Deleted: ${volumes.join(", ")}.`);
  // Nothing is left that its passwords and keys open.
  if (known) await pulumi.ask(["stack", "rm", stack, "--yes", "--preserve-config"]);
  await Promise.all([rm(stackFile(stack), { force: true }), rm(stackFolder(stack), { recursive: true, force: true })]);
  return 0;
}

/** Machines and records of the real world. */
async function downElsewhere(stack: string, flags: ReadonlySet<string>): Promise<number> {
  const pulumi = await engine(["docker", "compose"]);
  await clearDeadLocks(stack);
  if (!(await isInBackend(stack, pulumi))) {
    fail(`The backend has no stack ${stack}: set PULUMI_BACKEND_URL to the one it is kept in.`);
  }
  const [yes, deleteMail] = [flags.has("yes"), flags.has("delete-mail")];
  await takeDown({ stack, pulumi, yes, deleteMail, ask: terminalAnswers() });
  return 0;
}

/** Volumes of kind `mail`, by the exact names of the stack's projects: another stack's name may begin like this one's. */
async function mailVolumes(stack: string): Promise<string[]> {
  const { sites } = await stackSettings(stack, true);
  const names = await Promise.all(
    sites.map(({ name }) => {
      const labels = ["label=mailkeep.kind=mail", `label=mailkeep.project=${projectName(stack, name)}`];
      return docker("volume", "ls", "--quiet", ...labels.flatMap((label) => ["--filter", label]));
    }),
  );
  return names
    .join("\n")
    .split("\n")
    .filter((name) => name !== "");
}

function confirmed(stack: string, volumes: readonly string[]): Promise<boolean> {
  const question = `Delete the mail, queues and users of ${stack} too (${volumes.length} volumes)? Type the stack's name to delete them: `;
  return conversation(async (ask) => (await ask(question))?.trim() === stack);
}
