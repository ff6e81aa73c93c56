/** `authority`: prints the certificate that devices have to be given where the stack issues its certificates by itself. */
import { fail, say } from "../console.ts";
import { authorities } from "../site/ca.ts";
import { stackArguments } from "../stack/arguments.ts";
import { isLocal } from "../stack/local.ts";
import { stackExists, stackSettings } from "../stack/settings.ts";

export async function run(args: readonly string[]): Promise<number> {
  const { stack } = stackArguments(args, []);
  if (!stackExists(stack)) fail(`There is no stack ${stack} here yet: \`npm run up\` makes the local one.`);
  const settings = await stackSettings(stack, isLocal(stack));
  const pem =
    (await authorities(stack, settings)) ??
    fail(
      `The certificates of ${stack} come from ${settings.acme.directory}: devices know that authority by themselves, or its operator gives its certificate.`,
    );
  process.stdout.write(pem);
  say("Have it believed for servers' certificates on each device that reads mail here (PEM, such as mailkeep-ca.pem).");
  return 0;
}
