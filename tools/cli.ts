/** The `mailkeep` command line: finds the command, and turns what goes wrong into a sentence and exit code 1. */
import { SettingsError } from "../components/settings/problem.ts";
import { say, SentenceError, tellError } from "./console.ts";

interface Command {
  readonly usage: string;
  readonly what: string;
  readonly load: () => Promise<{ readonly run: (args: readonly string[]) => Promise<number> }>;
}

// Loaded one at a time: `status` should not wait for what only `up` needs.
const COMMANDS: Readonly<Record<string, Command>> = {
  up: {
    usage: "up [stack] [--yes] [--refresh] [--leave-mail]",
    what: "bring a stack up, or change it; anew with today's packages of Debian",
    load: () => import("./commands/up.ts"),
  },
  init: {
    usage: "init <stack> [--domain d] [--yes] …",
    what: "ask what a stack needs, and write its file",
    load: () => import("./commands/init.ts"),
  },
  down: {
    usage: "down [stack] [--yes] [--delete-mail]",
    what: "take a stack down",
    load: () => import("./commands/down.ts"),
  },
  review: {
    usage: "review [stack] [--markdown [file]]",
    what: "what a change does and which rules it breaks",
    load: () => import("./commands/review.ts"),
  },
  status: {
    usage: "status [stack] [--json]",
    what: "sites, workloads, health",
    load: () => import("./commands/status.ts"),
  },
  shell: {
    usage: "shell [stack]",
    what: "a shell in which plain pulumi works",
    load: () => import("./commands/shell.ts"),
  },
  site: {
    usage: "site drain|resume|remove <site> [stack]",
    what: "take a site out of service, back in, or away",
    load: () => import("./commands/site.ts"),
  },
  rotate: {
    usage: "rotate [dkim|tls|ca|link|ssh|deploy|srs] [stack] [--domain d] [--key k] [--site s] [--now]",
    what: "change a key, one step at a time",
    load: () => import("./commands/rotate.ts"),
  },
  check: {
    usage: "check [stack] [--images]",
    what: "send a real message round; or ask Debian for updates of its images",
    load: () => import("./commands/check.ts"),
  },
  preflight: {
    usage: "preflight [stack] [--from site] [--json]",
    what: "what could keep mail from coming or going",
    load: () => import("./commands/preflight.ts"),
  },
  "host-mail": {
    usage: "host-mail [stack] [--host h] [--account a] [--client postfix|msmtp|nullmailer] [--show-password]",
    what: "what a server needs to send its own mail",
    load: () => import("./commands/host-mail.ts"),
  },
  authority: {
    usage: "authority [stack]",
    what: "the certificate that devices are to believe, where no public authority is asked",
    load: () => import("./commands/authority.ts"),
  },
  password: {
    usage: "password <address> [stack]",
    what: "set a password's hash",
    load: () => import("./commands/password.ts"),
  },
  images: {
    usage: "images [push <stack>] [--refresh] [--prune]",
    what: "build the images, or push them to a stack's registry",
    load: () => import("./commands/images.ts"),
  },
  docs: { usage: "docs [--check]", what: "write docs/configuration.md", load: () => import("./commands/docs.ts") },
  bench: {
    usage:
      "bench delivery|footprint|up|preview [--messages n] [--rounds n] [--domains 1,10,…] [--sides bare,…] [--no-checkpoints]",
    what: "measure a site of this machine, or Pulumi on many domains",
    load: () => import("./commands/bench.ts"),
  },
  test: { usage: "test [part…]", what: "run the tests", load: () => import("./commands/test.ts") },
};

function usage(): string {
  const width = Math.max(...Object.values(COMMANDS).map((command) => command.usage.length));
  const lines = Object.values(COMMANDS).map((command) => `  ${command.usage.padEnd(width)}  ${command.what}`);
  return ["usage: npm run mailkeep -- <command>", ...lines].join("\n");
}

async function main(args: readonly string[]): Promise<number> {
  const [name = "help", ...rest] = args;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    const asked = ["help", "--help", "-h"].includes(name);
    say(asked ? usage() : `There is no command "${name}".\n${usage()}`);
    return asked ? 0 : 1;
  }
  if (rest.some((word) => word === "--help" || word === "-h")) {
    say(usageOf(command));
    return 0;
  }
  const { run } = await command.load();
  try {
    return await run(rest);
  } catch (error) {
    throw isUnreadable(error) ? new SentenceError(`${firstSentence(error.message)}.\n${usageOf(command)}`) : error;
  }
}

function usageOf({ usage: words, what }: Command): string {
  return `usage: npm run mailkeep -- ${words}\n  ${what}`;
}

/** Node.js's own complaint about an argument; its further sentences speak of positional arguments. */
function isUnreadable(error: unknown): error is Error {
  return error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}

function firstSentence(text: string): string {
  return text.split(". ")[0] ?? text;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  tellError(error instanceof SettingsError ? new SentenceError(error.message) : error);
  process.exitCode = 1;
}
