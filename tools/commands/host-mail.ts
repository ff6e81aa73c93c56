/** `host-mail`: prints what a server needs to send its own mail by submission with a machine account. */
import { z } from "zod";
import { isDomainName } from "../../components/directory/address.ts";
import { PRIVATE_CA_FILE, PUBLIC_CA_FILE } from "../../components/host-mail/client.ts";
import { exampleHost, senderOf, type HostSender } from "../../components/host-mail/sender.ts";
import { hostMailTo } from "../../components/plan/host-mail.ts";
import type { Settings } from "../../components/settings/schema.ts";
import { fail, say } from "../console.ts";
import { CLIENTS, hostMailScript, isClient, PLACEHOLDER, type ClientKind } from "../host-mail/script.ts";
import { authorities } from "../site/ca.ts";
import { parsedArguments, stackArguments } from "../stack/arguments.ts";
import { isLocal } from "../stack/local.ts";
import { engine } from "../stack/pulumi.ts";
import { stackExists, stackSettings } from "../stack/settings.ts";

const USAGE = `npm run mailkeep -- host-mail [stack] [--host <name>] [--account <login>] [--client ${CLIENTS.join("|")}] [--show-password]`;

export async function run(args: readonly string[]): Promise<number> {
  const { stack, host: named, account, kind, showPassword } = readArguments(args);
  if (!stackExists(stack)) fail(`There is no stack ${stack} here yet: \`npm run up\` makes the local one.`);
  const settings = await stackSettings(stack, isLocal(stack));
  const machine = chooseAccount(settings, account);
  const host = named ?? exampleHost(machine.senders) ?? fail(`${machine.login} has no senders.`);
  const ca = await authorities(stack, settings);
  const script = hostMailScript({
    kind,
    ca,
    client: {
      host,
      servers: [`${settings.clientName}.${settings.infrastructureDomain}`],
      login: machine.login,
      password: showPassword ? await passwordOf(stack, machine.login) : PLACEHOLDER,
      sender: chooseSender(machine, host),
      to: hostMailTo(settings),
      caFile: ca === undefined ? PUBLIC_CA_FILE : PRIVATE_CA_FILE,
    },
  });
  process.stdout.write(script);
  if (named === undefined) say(`For another server than ${host}, name it: --host <its full name>.`);
  return 0;
}

interface Arguments {
  readonly stack: string;
  readonly host: string | undefined;
  readonly account: string | undefined;
  readonly kind: ClientKind;
  readonly showPassword: boolean;
}

function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parsedArguments(
    {
      args: [...args],
      options: {
        host: { type: "string" },
        account: { type: "string" },
        client: { type: "string", default: "postfix" },
        "show-password": { type: "boolean", default: false },
      },
      allowPositionals: true,
    },
    `: ${USAGE}`,
  );
  const { stack } = stackArguments(positionals, []);
  const { client, account } = values;
  const host = values.host?.toLowerCase();
  if (!isClient(client)) return fail(`"${client}" is no client that is known here: ${CLIENTS.join(", ")}.`);
  if (host !== undefined && !isDomainName(host))
    return fail(`"${host}" is no full name of a server, such as web1.home.test (\`hostname --fqdn\` there says it).`);
  return { stack, host, account: account?.toLowerCase(), kind: client, showPassword: values["show-password"] };
}

type Machine = Settings["machines"][number];

/** The one that is named, else that of the sites' own machines, else the only one. */
function chooseAccount({ machines, hostMail }: Settings, account: string | undefined): Machine {
  const logins = machines.map(({ login }) => login).join(", ");
  if (machines.length === 0)
    return fail(
      "The stack has no machine account: list one under `machines` (docs/configuration.md), then `npm run up`.",
    );
  const wanted = account ?? hostMail?.account ?? (machines.length === 1 ? machines[0]?.login : undefined);
  if (wanted === undefined)
    return fail(`Say by which account: --account ${logins.replaceAll(", ", " or --account ")}.`);
  return (
    machines.find(({ login }) => login === wanted) ??
    fail(`There is no machine account ${wanted}; there are: ${logins}.`)
  );
}

function chooseSender({ login, senders }: Machine, host: string): HostSender {
  return (
    senderOf(senders, host) ??
    fail(
      `${login} may not send as root@${host}: its senders are ${senders.join(", ")}. Add "*@${host}" to them, or name another account or host.`,
    )
  );
}

const outputs = z.looseObject({ machinePasswords: z.record(z.string(), z.string()).default({}) });

async function passwordOf(stack: string, login: string): Promise<string> {
  const pulumi = await engine([]);
  const shown = await pulumi.ask(["stack", "output", "--stack", stack, "--json", "--show-secrets"]);
  const { machinePasswords } = outputs.parse(JSON.parse(shown));
  return (
    machinePasswords[login] ??
    fail(
      `The password of ${login} is not known here: it was set by its hash, or the account is new. \`npm run up\` makes one for an account without a hash.`,
    )
  );
}
