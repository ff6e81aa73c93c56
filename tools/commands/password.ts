/** `password`: asks for a password, or makes one for a local stack, and keeps its hash in the stack's configuration. */
import { randomBytes } from "node:crypto";
import { isMailboxAddress } from "../../components/directory/address.ts";
import { fail, say } from "../console.ts";
import { stackArguments } from "../stack/arguments.ts";
import { isLocal, localUsers, saveUsers, setHashes } from "../stack/local.ts";
import { engine } from "../stack/pulumi.ts";
import { stackExists } from "../stack/settings.ts";
import { conversation } from "../terminal.ts";

const MINIMUM_LENGTH = 10;

export async function run(args: readonly string[]): Promise<number> {
  const { stack, rest } = stackArguments(args, [], 1);
  const login = rest[0]?.toLowerCase();
  if (login === undefined || !isMailboxAddress(login))
    fail("Say whose password: npm run mailkeep -- password ann@home.test");
  if (!stackExists(stack)) fail(`There is no stack ${stack} here yet: \`npm run up\` makes the local one.`);
  if (!process.stdin.isTTY && !isLocal(stack)) fail("A password for this stack is asked for on a terminal only.");
  const password = process.stdin.isTTY ? await askTwice(login) : randomBytes(12).toString("base64url");
  await setHashes(stack, await engine([]), [[login, password]]);
  if (isLocal(stack)) await saveUsers(stack, { ...(await localUsers(stack)), [login]: password });
  say(`The hash is in stacks/Pulumi.${stack}.yaml, encrypted. \`npm run up -- ${stack}\` makes it count.`);
  return 0;
}

function askTwice(login: string): Promise<string> {
  const stopped = (): never => fail("Stopped; nothing was changed.");
  return conversation(
    async (ask) => {
      const first = (await ask(`Password for ${login} (not shown): `)) ?? stopped();
      if (first.length < MINIMUM_LENGTH) {
        fail(`That is shorter than ${MINIMUM_LENGTH} characters: choose a longer one.`);
      }
      const again = (await ask("Again: ")) ?? stopped();
      if (again !== first) fail("The two differ; nothing was changed.");
      return first;
    },
    { hidden: true },
  );
}
