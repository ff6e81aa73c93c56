/** The local stacks: their file is made from `stacks/local.yaml`, their users get made-up passwords. */
import { randomBytes } from "node:crypto";
import { copyFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { hashPassword } from "../../components/directory/hash.ts";
import { say } from "../console.ts";
import { ROOT, stackFile, stackFolder } from "../paths.ts";
import type { Engine } from "./pulumi.ts";
import { rawSettings, stackExists } from "./settings.ts";

const usersSchema = z.record(z.string(), z.string());
/** Password by login. Only local stacks have such a file. */
export type Users = Readonly<z.infer<typeof usersSchema>>;

/** Whether a stack is made here from the template rather than by hand. */
export function isLocal(stack: string): boolean {
  return stack === "local" || stack.startsWith("local-");
}

/** Makes the stack's file on the first run, so that it can be checked; nothing else. */
export async function seeToLocalFile(stack: string): Promise<void> {
  if (!isLocal(stack) || stackExists(stack)) return;
  await copyFile(join(ROOT, "stacks", "local.yaml"), stackFile(stack));
  say(`stacks/Pulumi.${stack}.yaml is made from stacks/local.yaml: change it to change the stack.`);
}

/** Makes the stack in the backend, and a password for each account of a local stack that has none. */
export async function seeToStack(stack: string, pulumi: Engine): Promise<void> {
  if (!(await isInBackend(stack, pulumi)))
    await pulumi.ask(["stack", "init", stack, "--no-select", "--non-interactive"]);
  if (isLocal(stack)) await seeToPasswords(stack, pulumi);
}

/** Whether Pulumi knows the stack: one whose first `up` ended early has a file and nothing else. */
export async function isInBackend(stack: string, pulumi: Pick<Engine, "ask">): Promise<boolean> {
  const stacks = JSON.parse(await pulumi.ask(["stack", "ls", "--json"])) as unknown;
  return z
    .array(z.looseObject({ name: z.string() }))
    .parse(stacks)
    .some(({ name }) => name === stack);
}

/** Made-up passwords of a local stack; empty for every other. */
export async function localUsers(stack: string, folder = stackFolder(stack)): Promise<Users> {
  const text = await readFile(usersFile(folder), "utf8").catch(() => "{}");
  return usersSchema.parse(JSON.parse(text));
}

async function seeToPasswords(stack: string, pulumi: Engine): Promise<void> {
  const raw = accountsSchema.parse(await rawSettings(stack));
  // Pulumi makes those of machines.
  const logins = raw.mailboxes.map(({ address }) => address);
  const without = logins.filter((login) => !Object.hasOwn(raw.passwordHashes, login));
  if (without.length === 0) return;
  const made = without.map((login) => [login, randomBytes(12).toString("base64url")] as const);
  await saveUsers(stack, { ...(await localUsers(stack)), ...Object.fromEntries(made) });
  await setHashes(stack, pulumi, made);
}

/** Sets the hashes of some passwords in the stack's configuration, encrypted. The passwords themselves go nowhere. */
export async function setHashes(
  stack: string,
  pulumi: Engine,
  users: readonly (readonly [string, string])[],
): Promise<void> {
  for (const [login, password] of users) {
    const path = `mailkeep:passwordHashes["${login}"]`;
    // Arguments can be read by everybody on the machine.
    await pulumi.ask(["config", "set", "--stack", stack, "--secret", "--path", path], hashPassword(password));
  }
}

/** Remembers made-up passwords, readable for their owner alone. */
export async function saveUsers(stack: string, users: Users, folder = stackFolder(stack)): Promise<void> {
  const path = usersFile(folder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // A file that is there keeps its mode.
  await rm(`${path}.new`, { force: true });
  await writeFile(`${path}.new`, `${JSON.stringify(users, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

const accountsSchema = z.looseObject({
  mailboxes: z.array(z.looseObject({ address: z.string() })),
  passwordHashes: z.record(z.string(), z.unknown()).default({}),
});

function usersFile(folder: string): string {
  return join(folder, "users.json");
}
